/** The list of sessions on a phone: how old each is, and that it is found as it was left. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { script, startServer, type TestServer } from '../support/server.ts'

const HOUR_MS = 3_600_000

describe.runIf(hasChromium)('the list', () => {
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

  const row = (page: Page, title: string) => page.getByRole('listitem').filter({ hasText: title })

  it('tells ages by the server’s clock, and goes on telling them', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'aging' })
    await server.prompt(id, script({ say: 'of this moment' }, { exit: 0 }))
    const context = await openPhone(browser, server)
    const page = await context.newPage()
    await page.clock.install({ time: Date.now() + 3 * HOUR_MS })
    await page.goto(`${server.url}/#/`)
    await untilLive(page)
    await row(page, 'aging').getByText('· now').waitFor()
    // The stream is heard in between: one that is not is dropped, and would tell the server's own time.
    await page.clock.runFor(40_000)
    await server.open({ agent: 'claude', title: 'a sign of life' })
    await row(page, 'a sign of life').waitFor()
    await page.clock.runFor(40_000)
    await row(page, 'aging').getByText('· 1 min').waitFor()
    // Nor is what was said just now of another day, on a phone that is one ahead.
    await page.clock.setSystemTime(Date.now() + 24 * HOUR_MS)
    await page.goto(`${server.url}/#/s/${id}`)
    await page.getByRole('log').getByText('Today').waitFor()
  })

  it('is where it was when somebody comes back to it, with what was searched for', async () => {
    for (let i = 0; i < 30; i++) await server.open({ agent: 'claude', title: `one of many ${i}` })
    const context = await openPhone(browser, server)
    const page = await show(context, server, '/')
    await untilLive(page)
    await page.getByLabel('Search sessions').fill('one of many')
    await row(page, 'one of many 3').first().getByRole('link').scrollIntoViewIfNeeded()
    const top = () => page.locator('.sessions').evaluate(({ scrollTop }) => Math.round(scrollTop))
    const before = await top()
    expect(before).toBeGreaterThan(500)
    await row(page, 'one of many 3').first().getByRole('link').tap()
    await page.getByRole('heading', { name: 'one of many' }).waitFor()
    await page.goBack()
    await row(page, 'one of many 3').first().waitFor()
    expect(await page.getByLabel('Search sessions').inputValue()).toBe('one of many')
    await expect.poll(top).toBe(before)
  })
})
