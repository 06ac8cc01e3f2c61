/** Many tabs on one server: a browser makes six connections to it, and a command of any tab needs one of them. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/web/limits.ts'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { script, startServer, type TestServer } from '../support/server.ts'

/** A browser without a window shows all its tabs at once. In the page. */
const setHidden = (isHidden: boolean): void => {
  Object.defineProperty(document, 'hidden', { configurable: true, value: isHidden })
  document.dispatchEvent(new Event('visibilitychange'))
}

describe.runIf(hasChromium)('many tabs', () => {
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

  const running = async (): Promise<string> => {
    const { id } = await server.open({ agent: 'claude', title: 'tabs' })
    await server.prompt(id, script({ hang: true }))
    return id
  }
  const stateOf = async (id: string): Promise<string> => (await server.get(`/api/sessions/${id}`)).body.state
  const stop = (page: Page): Promise<void> => page.getByRole('button', { name: /^Stop/ }).tap()
  const streams = async (): Promise<number> =>
    Number(/^breakglass_streams (\d+)$/m.exec((await server.get('/metrics')).body)?.[1])

  it('take all connections of the browser, and Stop gets through from any of them', async () => {
    const id = await running()
    const context = await openPhone(browser, server)
    const tabs: Page[] = []
    for (let tab = 0; tab < 6; tab++) {
      tabs.push(await show(context, server, `/s/${id}`))
      await untilLive(tabs[tab]!)
    }
    await stop(tabs[5]!)
    await expect.poll(() => stateOf(id)).toBe('idle')
    await tabs[5]!.getByRole('log').getByText('Stopped').waitFor()
  })

  it('let go of their stream a while after they are out of sight, and have it again at once when they are seen', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'out of sight' })
    const context = await openPhone(browser, server)
    await expect.poll(streams).toBe(0)
    const page = await context.newPage()
    await page.clock.install()
    await page.goto(`${server.url}/#/s/${id}`)
    await untilLive(page)
    await expect.poll(streams).toBe(1)
    await page.evaluate(setHidden, true)
    await page.clock.runFor(LIMITS.restAfterMs)
    await expect.poll(streams).toBe(0)
    await server.prompt(id, script({ say: 'meanwhile' }, { exit: 0 }))
    await page.evaluate(setHidden, false)
    await page.getByRole('log').getByText('meanwhile', { exact: true }).waitFor()
    await untilLive(page)
  })

  it('say of what does not get through that the server has not got it', async () => {
    const id = await running()
    const context = await openPhone(browser, server)
    await context.route(/\/(cancel|turns)$/, () => {})
    const page = await show(context, server, `/s/${id}`)
    await untilLive(page)
    await stop(page)
    await page
      .getByRole('region', { name: 'Turn' })
      .getByText('Stop has not reached the server yet')
      .first()
      .waitFor()
    expect(await page.getByRole('button', { name: 'Stop', exact: true }).count()).toBe(1)
    await page.getByRole('textbox', { name: 'Prompt' }).fill('and then')
    await page.getByRole('button', { name: /^Queue/ }).tap()
    await page
      .getByRole('region', { name: 'Waiting prompts' })
      .getByText('has not reached the server yet')
      .waitFor()
  })
})
