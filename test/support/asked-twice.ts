/** What a page asks for twice. */
import type { Locator, Page } from 'playwright-core'

/** Taps once. @returns the button that does it, as soon as a tap counts */
export async function askedTwice(page: Page, label: string | RegExp): Promise<Locator> {
  await page.getByRole('button', { name: label }).click()
  const sure = page.locator('button[data-settled=true]')
  await sure.waitFor()
  return sure
}
