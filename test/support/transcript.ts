/** All that a conversation shows, though only what can be seen of it is in the page: by scrolling through it. */
import type { Page } from 'playwright-core'

/**
 * @param unfold whether to unfold on the way whatever is folded
 * @returns what is seen on each screen from the top to the end, row by row; the same row may be on two screens
 */
export async function readScreens(page: Page, unfold = false): Promise<string[][]> {
  const log = page.getByRole('log')
  return log.evaluate(async (log, unfold) => {
    const frames = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    // What is older comes in, and moves what was at the top, as long as there is any.
    do {
      log.scrollTop = 0
      await frames(3)
    } while (!log.textContent.startsWith('The beginning') || log.scrollTop > 0)
    const screens: string[][] = []
    for (;;) {
      await frames(3)
      if (unfold) {
        for (const button of log.querySelectorAll<HTMLElement>('[aria-expanded=false]')) button.click()
        await frames(3)
      }
      const rows = [...log.querySelectorAll<HTMLElement>('.window > :not(.far)')]
      screens.push(rows.map((row) => row.textContent))
      const before = log.scrollTop
      // Half a screen: what is unfolded on the way may move the rest.
      log.scrollTop += log.clientHeight * 0.5
      if (log.scrollTop === before) return screens
    }
  }, unfold)
}
