/** The page on a phone, against a real server and the scripted agent: what happens while nobody looks is there, once. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { findSteadyPort } from '../support/steady-port.ts'
import { readScreens } from '../support/transcript.ts'

const AWAY_S = 30

/** Whether the page has written down what it saw of a session, to its end. In the page. */
const isKept = async (id: string): Promise<boolean> => {
  const [{ name }] = (await indexedDB.databases()) as [{ name: string }]
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => resolve(request.result)
  })
  const kept = await new Promise<{ events: { kind: string }[] } | undefined>((resolve) => {
    const request = database.transaction('sessions').objectStore('sessions').get(id)
    request.onsuccess = () => resolve(request.result)
  })
  database.close()
  return kept?.events.at(-1)?.kind === 'turn_end'
}

/** In the page. */
const isRegistered = async (): Promise<boolean> =>
  (await navigator.serviceWorker.getRegistration()) !== undefined

describe.runIf(hasChromium)('a phone', () => {
  let server: TestServer
  let browser: Browser
  beforeAll(async () => {
    // Where it was before, when it is started again.
    server = await startServer({ BREAKGLASS_PORT: String(await findSteadyPort()) })
    browser = await chromium.launch(CHROMIUM_OPTIONS)
  })
  afterAll(async () => {
    await browser?.close()
    await server[Symbol.asyncDispose]()
  })

  const prompt = async (page: Page, text: string): Promise<void> => {
    await page.getByRole('textbox', { name: 'Prompt' }).fill(text)
    await page.getByRole('button', { name: /^(Send|Queue)/ }).tap()
  }
  const said = (page: Page, text: string) => page.getByRole('log').getByText(text, { exact: true })
  const isEnded = (page: Page): Promise<void> => page.getByRole('log').getByText('Done').first().waitFor()
  /** Each is there once, and behind the one before it. */
  const expectLines = async (page: Page, count: number): Promise<void> => {
    const rows = await readScreens(page)
    const screens = rows.map((screen) => screen.flatMap((row) => /^Agent(line \d+)$/.exec(row)?.[1] ?? []))
    const all = Array.from({ length: count }, (_, i) => `line ${i}`)
    expect([...new Set(screens.flat())]).toEqual(all)
    for (const screen of screens) {
      const first = all.indexOf(screen[0] ?? '')
      expect(screen).toEqual(screen.length === 0 ? [] : all.slice(first, first + screen.length))
    }
  }

  it('opens a session, prompts it, and sees what it says while it says it', async () => {
    const page = await show(await openPhone(browser, server), server, '/')
    await page.getByRole('link', { name: 'New session' }).tap()
    await page.getByLabel('Name').fill('the fire')
    await page.getByRole('button', { name: 'Open' }).tap()
    await page.getByRole('heading', { name: 'the fire' }).waitFor()
    await prompt(page, script({ write: { parts: ['It ', 'burns', { sleep: 60_000 }], unfinished: true } }))
    await said(page, 'It burns').waitFor()
    await page.getByRole('button', { name: 'Stop' }).tap()
    await page.getByRole('log').getByText('Stopped').waitFor()
    await page.getByRole('link', { name: 'All sessions' }).tap()
    await page.getByRole('link', { name: /the fire/ }).waitFor()
  })

  it(`is put away for ${AWAY_S} s while the turn goes on, and has all of it when it comes back, once`, async () => {
    const { id } = await server.open({ agent: 'claude', title: 'away' })
    const page = await show(await openPhone(browser, server), server, `/s/${id}`)
    await untilLive(page)
    await prompt(page, script({ drip: [AWAY_S, 1_000] }, { exit: 0 }))
    await said(page, 'line 0').waitFor()
    const session = await page.context().newCDPSession(page)
    // As a phone does: no script, no timer, no byte is read.
    await session.send('Page.setWebLifecycleState', { state: 'frozen' })
    await expect
      .poll(async () => (await server.get(`/api/sessions/${id}`)).body.state, { timeout: 2 * AWAY_S * 1_000 })
      .toBe('idle')
    await session.send('Page.setWebLifecycleState', { state: 'active' })
    await isEnded(page)
    await expectLines(page, AWAY_S)
  })

  it('recovers by itself when the server is killed in the middle of a turn and started again', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'killed' })
    const page = await show(await openPhone(browser, server), server, `/s/${id}`)
    await untilLive(page)
    await prompt(page, script({ drip: [20, 200] }, { exit: 0 }))
    await said(page, 'line 3').waitFor()
    await server.kill()
    await page.getByRole('button', { name: /^(reconnecting|offline)/ }).waitFor()
    await server.start()
    await isEnded(page)
    await untilLive(page)
    await expectLines(page, 20)
  })

  it('has three tabs on one session, and none of them keeps another waiting', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'tabs' })
    const context = await openPhone(browser, server)
    const tabs: Page[] = []
    for (let tab = 0; tab < 3; tab++) tabs.push(await show(context, server, `/s/${id}`))
    for (const tab of tabs) await untilLive(tab)
    for (const [i, tab] of tabs.entries()) {
      await prompt(tab, script({ say: `from tab ${i}` }, { exit: 0 }))
      for (const other of tabs) await said(other, `from tab ${i}`).waitFor()
      for (const other of tabs) await other.getByRole('button', { name: /^Send/ }).waitFor()
    }
    const list = await show(context, server, '/')
    await list.getByRole('link', { name: /tabs/ }).waitFor()
  })

  it('goes on without its service worker when the network goes while that is on its way, and has it next time', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'no worker' })
    const context = await openPhone(browser, server)
    const isAborted = new Promise<void>((resolve) => {
      void context.route(
        '**/sw.js',
        async (route) => {
          await route.abort('internetdisconnected')
          resolve()
        },
        { times: 1 },
      )
    })
    const page = await show(context, server, `/s/${id}`)
    await isAborted
    await prompt(page, script({ say: 'without one' }, { exit: 0 }))
    await said(page, 'without one').waitFor()
    await expect.poll(() => page.evaluate(isRegistered)).toBe(false)
    await page.reload()
    await page.evaluate('navigator.serviceWorker.ready.then(() => {})')
    await said(page, 'without one').waitFor()
  })

  it('without a way to the server shows what it last saw, says that it does, and goes on when there is one', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'tunnel' })
    await server.prompt(id, script({ say: 'before the tunnel' }, { exit: 0 }))
    const context = await openPhone(browser, server)
    const page = await show(context, server, `/s/${id}`)
    await said(page, 'before the tunnel').waitFor()
    await page.evaluate('navigator.serviceWorker.ready.then(() => {})')
    await expect.poll(() => page.evaluate(isKept, id)).toBe(true)
    await server.kill()
    await page.reload()
    await said(page, 'before the tunnel').waitFor()
    await page.getByText('The server has not been heard since').waitFor()
    await page.getByRole('button', { name: /^(connecting|reconnecting)/ }).waitFor()
    await server.start()
    await server.prompt(id, script({ say: 'behind the tunnel' }, { exit: 0 }))
    await said(page, 'behind the tunnel').waitFor()
    await untilLive(page)
    await page.getByText('The server has not been heard since').waitFor({ state: 'detached' })
    expect(await said(page, 'before the tunnel').count()).toBe(1)
  })
})
