/** All that a conversation shows, though only what can be seen of it is in the page: by scrolling through it. */
import type { Page } from 'playwright-core'

/**
 * @param unfold whether to unfold on the way whatever is folded
 * @returns what is seen on each screen from the top to the end, row by row; the same row may be on two screens
 */
export async function readScreens(page: Page, unfold = false): Promise<string[][]> {
  const log = page.getByRole('log')
  // Older events come in as long as there are some.
  await log.evaluate('log => { log.scrollTop = 0 }')
  await page.getByText('The beginning').waitFor()
  return log.evaluate(async (log, unfold) => {
    const frames = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
    }
    const screens: string[][] = []
    log.scrollTop = 0
    for (;;) {
      await frames(3)
      if (unfold) {
        for (const button of log.querySelectorAll<HTMLElement>('[aria-expanded=false]')) button.click()
        await frames(3)
      }
      const rows = [...log.querySelectorAll<HTMLElement>(':scope > div:last-child > div')]
      screens.push(rows.map((row) => row.textContent))
      const before = log.scrollTop
      log.scrollTop += log.clientHeight * 0.8
      if (log.scrollTop === before) return screens
    }
  }, unfold)
}
