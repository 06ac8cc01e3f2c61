/** A tap that comes too soon, however slow the machine is. */

import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** What a button is called, and what it stands beside. */
type Then = { name: string; beside: string }

/** In the page, which is the only one that is there in that moment. */
const tapWhenThere = ({ name, beside, x, y }: Then & { x: number; y: number }): void => {
  Object.assign(globalThis, { isTapped: false })
  new MutationObserver((_, observer) => {
    const target = document.elementFromPoint(x, y)?.closest('button')
    const around = target?.closest('section, dialog')
    if (target?.textContent !== name || !around!.textContent!.includes(beside)) return
    observer.disconnect()
    Object.assign(globalThis, { isTapped: true })
    target.click()
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
}

/** Taps the place of a button in the moment in which it is another one. @returns waits until it has been tapped */
export async function tapAsSoonAs(page: Page, button: Locator, then: Then): Promise<() => Promise<void>> {
  const { x, y, width, height } = (await button.boundingBox())!
  await page.evaluate(tapWhenThere, { ...then, x: x + width / 2, y: y + height / 2 })
  return () => expect.poll(() => page.evaluate('isTapped')).toBe(true)
}

/** Taps a button, and its place again in the moment in which it is another one. */
export async function tapTwiceAtOnce(page: Page, button: Locator, then: Then): Promise<void> {
  const isTapped = await tapAsSoonAs(page, button, then)
  await button.tap()
  await isTapped()
}
