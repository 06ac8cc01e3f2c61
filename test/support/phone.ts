/** A paired phone: a browser of that size with touch, that fails the test for whatever its page complains of. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import type { TestServer } from './server.ts'

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
}

/** What a cut connection leaves on the console is the browser's own. */
const OF_THE_NETWORK = /Failed to load resource|net::ERR/

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
  const { code } = (await server.post('/api/pairing')).body
  await context.request.post(`${server.url}/api/login`, {
    data: { code, name },
    headers: { 'X-Breakglass': '1', Origin: server.url },
  })
  return context
}

/** @param hash the view, as the address has it: `/s/ID` */
export async function show(context: BrowserContext, server: TestServer, hash: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${server.url}/#${hash}`)
  return page
}

/** Until the page says that it has all there is. */
export const untilLive = (page: Page): Promise<void> => page.getByRole('button', { name: /^live/ }).waitFor()
