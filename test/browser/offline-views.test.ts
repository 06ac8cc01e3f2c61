/** Views that were opened without a network: they are there when it is. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { startServer, type TestServer } from '../support/server.ts'

describe.runIf(hasChromium)('opened without a network', () => {
  let server: TestServer
  let browser: Browser
  beforeAll(async () => {
    server = await startServer()
    browser = await chromium.launch(CHROMIUM_OPTIONS)
  })
  afterAll(async () => {
    await browser?.close()
    await server[Symbol.asyncDispose]()
  })

  it.each([
    ['a new session', '#/new', (page: Page) => page.getByText('shell')],
    ['the devices', '#/devices', (page: Page) => page.getByText('This device', { exact: true })],
  ])('%s waits for the network, says so, and goes on when it is back', async (_, hash, what) => {
    // What a service worker has kept has no part in this.
    const context = await openPhone(browser, server, { serviceWorkers: 'block' })
    const page = await show(context, server, '/')
    await untilLive(page)
    await context.setOffline(true)
    await page.evaluate((to) => location.assign(to), hash)
    await page.getByText('The server cannot be reached').waitFor()
    expect(await what(page).count()).toBe(0)
    await context.setOffline(false)
    await what(page).waitFor()
    expect(await page.getByText('The server cannot be reached').count()).toBe(0)
  })
})
