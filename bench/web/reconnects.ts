/** What a page holds on to when its connection is dropped and made again, over and over. */
import type { CDPSession, Page } from 'playwright-core'

/** Times to reconnect that are compared. */
const COUNT = 10

/**
 * Reconnects by the page's own button, each time until it is live on a new stream.
 * @returns bytes of the heap that are in use, before the first and after each
 */
export async function heapOverReconnects(page: Page, devtools: CDPSession): Promise<number[]> {
  const used = async (): Promise<number> => {
    await devtools.send('HeapProfiler.collectGarbage')
    return (await devtools.send('Runtime.getHeapUsage')).usedSize
  }
  const reconnect = async (): Promise<void> => {
    const streamed = page.waitForResponse((response) => /\/events$/.test(response.url()))
    await page.getByRole('button', { name: /Reconnect$/ }).click()
    await streamed
    await page.getByRole('button', { name: /^live/ }).waitFor()
  }
  // What is made at the first one stays: code, and what it is compiled to.
  await reconnect()
  const sizes = [await used()]
  for (let count = 0; count < COUNT; count++) {
    await reconnect()
    sizes.push(await used())
  }
  return sizes
}
