/** A browser that is let in, and how its page is opened; for tests, and for what else looks at the page. */
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import type { TestServer } from './server.ts'

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
}

/** Pairs it, without a page. */
export async function pairContext(context: BrowserContext, server: TestServer, name: string): Promise<void> {
  const { code } = (await server.post('/api/pairing')).body
  await context.request.post(`${server.url}/api/login`, {
    data: { code, name },
    headers: { 'X-Breakglass': '1', Origin: server.url },
  })
}

/**
 * @param hash the view, as the address has it: `/s/ID`
 * @param path of the page: that of the phone is at the root
 */
export async function show(
  context: BrowserContext,
  server: TestServer,
  hash: string,
  path = '',
): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${server.url}/${path}#${hash}`)
  return page
}

/** Until the page says that it has all there is; at a desk, of what stands beside the list. */
export const untilLive = (page: Page): Promise<void> =>
  page.getByRole('button', { name: /^live/ }).last().waitFor()
