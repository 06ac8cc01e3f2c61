/** The page at a desk: the list stays beside what is open, and typing begins at once. */
import axe, { type AxeResults } from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { script, startServer, type TestServer } from '../support/server.ts'

const DESK: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  hasTouch: false,
  isMobile: false,
}

describe.runIf(hasChromium)('at a desk', () => {
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

  const list = (page: Page) => page.getByRole('complementary', { name: 'Sessions' })

  it('has the list beside the conversation, which says which one is open, and takes what is typed', async () => {
    const first = await server.open({ agent: 'claude', title: 'the first' })
    await server.open({ agent: 'claude', title: 'the second' })
    const page = await show(await openPhone(browser, server, DESK), server, '/')
    await page.getByText('Choose a session').waitFor()
    await list(page).getByRole('link', { name: 'the first' }).click()
    await page.getByRole('main').getByText('claude is ready').waitFor()
    expect(await list(page).locator('[aria-current=page]').textContent()).toContain('the first')
    expect(await page.getByRole('link', { name: 'All sessions' }).count()).toBe(0)
    await page.locator('textarea:focus').waitFor()
    await page.keyboard.type(script({ say: 'typed at once' }, { exit: 0 }))
    await page.getByText('Enter sends, Shift+Enter begins a line').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('log').getByText('typed at once', { exact: true }).waitFor()
    await list(page)
      .getByRole('link', { name: /the first.*typed at once/s })
      .waitFor()
    await list(page).getByRole('link', { name: 'the second' }).click()
    await page.getByRole('heading', { name: 'the second' }).waitFor()
    expect((await server.get(`/api/sessions/${first.id}`)).body.turn).toBe(1)
  })

  it.each(['/', '/new', '/settings'])('has nothing in anybody’s way: %s', async (hash) => {
    await server.open({ agent: 'claude', title: 'beside' })
    const page = await show(await openPhone(browser, server, DESK), server, hash)
    await list(page).getByRole('link', { name: 'beside' }).first().waitFor()
    await page.evaluate(axe.source)
    const { violations } = (await page.evaluate('axe.run()')) as AxeResults
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))])).toEqual([])
  })
})
