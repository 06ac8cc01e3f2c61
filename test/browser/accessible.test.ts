/** All views, dark and light, by the rules of axe: what it finds nobody has to find with a screen reader. */
import axe, { type AxeResults } from 'axe-core'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { openPhone } from '../support/phone.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { fillViews, type View } from './views.ts'

describe.runIf(hasChromium)('for everybody', () => {
  let server: TestServer
  let browser: Browser
  let views: View[]
  beforeAll(async () => {
    server = await startServer()
    browser = await chromium.launch(CHROMIUM_OPTIONS)
    views = await fillViews(server)
  })
  afterAll(async () => {
    await browser?.close()
    await server[Symbol.asyncDispose]()
  })

  it.for(['light', 'dark'] as const)('nothing is in the way of anybody: %s', async (colorScheme) => {
    const context = await openPhone(browser, server, { colorScheme })
    const all: Record<string, unknown[]> = {}
    for (const { name, open } of views) {
      const page = await open(context)
      await page.evaluate(axe.source)
      const { violations } = (await page.evaluate('axe.run()')) as AxeResults
      const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))])
      if (found.length > 0) all[name] = found
      await page.close()
    }
    expect(all).toEqual({})
  })

  it('everything that is to be tapped is as large as a thumb', async () => {
    const context = await openPhone(browser, server)
    const all: Record<string, string[]> = {}
    for (const { name, open } of views) {
      const page = await open(context)
      const small = await page.evaluate(() =>
        [
          ...document.querySelectorAll<HTMLElement>(
            'button, a.button, input, select, textarea, label:has(input)',
          ),
        ]
          .filter((element) => element.checkVisibility() && !element.matches('label input'))
          .map((element) => ({
            text: element.outerHTML.slice(0, 120),
            ...element.getBoundingClientRect().toJSON(),
          }))
          .filter(({ width, height }) => width > 0 && (width < 44 || height < 44))
          .map(({ text, width, height }) => `${width} × ${height}: ${text}`),
      )
      if (small.length > 0) all[name] = small
      await page.close()
    }
    expect(all).toEqual({})
  })
})
