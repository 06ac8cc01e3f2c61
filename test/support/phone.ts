/** A paired phone: a browser of that size with touch, that fails the test for whatever its page complains of. */
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { PHONE, pairContext } from './paired.ts'
import type { TestServer } from './server.ts'

/** What a cut connection leaves on the console is the browser's own. The last is of a service worker on its way. */
const OF_THE_NETWORK =
  /Failed to load resource|net::ERR|^An unknown error occurred when fetching the script\.$/

export async function openPhone(
  browser: Browser,
  server: TestServer,
  options: BrowserContextOptions = {},
  name = 'phone',
): Promise<BrowserContext> {
  const context = await browser.newContext({ ...PHONE, ...options })
  const complaints: string[] = []
  context.on('weberror', (error) => void complaints.push(String(error.error())))
  context.on('console', (message) => {
    if (message.type() === 'error' && !OF_THE_NETWORK.test(message.text())) complaints.push(message.text())
  })
  onTestFinished(async () => {
    await context.close()
    expect(complaints).toEqual([])
  })
  await pairContext(context, server, name)
  return context
}
