/** A page that is open while the server gets a newer one. */
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { findSteadyPort } from '../support/steady-port.ts'

const NEWEST = /\/\?newest$/

describe.runIf(hasChromium)('after an upgrade', () => {
  let server: TestServer
  let browser: Browser
  beforeAll(async () => {
    server = await startServer({ BREAKGLASS_PORT: String(await findSteadyPort()) })
    browser = await chromium.launch(CHROMIUM_OPTIONS)
  })
  afterAll(async () => {
    await browser?.close()
    await server[Symbol.asyncDispose]()
  })

  /** As the server is when the page that is open is not its own any more; a page that is loaded is its own again. */
  const upgrade = async (context: BrowserContext): Promise<() => Promise<void>> => {
    await context.route(/\/assets\/.*\.js$/, (route) => route.fulfill({ status: 404 }))
    await context.route(NEWEST, async (route) => {
      const response = await route.fetch()
      await route.fulfill({
        response,
        body: (await response.text()).replace(/assets\/page-[\w-]+\.js/, 'assets/page-new.js'),
      })
    })
    // What is being answered is answered first.
    return () => context.unrouteAll({ behavior: 'wait' })
  }

  it('an open page says that there is a newer one, when it has the server back, and loads it', async () => {
    const context = await openPhone(browser, server, { serviceWorkers: 'block' })
    const page = await show(context, server, '/')
    await untilLive(page)
    const done = await upgrade(context)
    await server.kill()
    await page.getByRole('button', { name: /^(reconnecting|offline)/ }).waitFor()
    await server.start()
    const note = page.getByRole('complementary', { name: 'A newer page' })
    await note.waitFor()
    await done()
    await note.getByRole('button', { name: 'Load it' }).tap()
    await note.waitFor({ state: 'detached' })
    await untilLive(page)
  })

  it('a server that is back with the same page is no news', async () => {
    const context = await openPhone(browser, server, { serviceWorkers: 'block' })
    const page = await show(context, server, '/')
    await untilLive(page)
    await server.kill()
    await page.getByRole('button', { name: /^(reconnecting|offline)/ }).waitFor()
    const asked = context.waitForEvent('response', (response) => NEWEST.test(response.url()))
    await server.start()
    expect((await asked).status()).toBe(200)
    await untilLive(page)
    expect(await page.getByRole('complementary').count()).toBe(0)
  })

  it('a part of the page that is gone loads the newer page', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'a part' })
    const context = await openPhone(browser, server, { serviceWorkers: 'block' })
    const page = await show(context, server, '/')
    await untilLive(page)
    const done = await upgrade(context)
    const reloaded = page.waitForEvent('domcontentloaded')
    const asked = context.waitForEvent('response', (response) => NEWEST.test(response.url()))
    await page.getByRole('link', { name: 'a part' }).tap()
    await asked
    await done()
    await reloaded
    await page.getByText('claude is ready').waitFor()
    expect(page.url()).toContain(id)
  })
})
