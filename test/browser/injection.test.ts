/** What agents print is text, in a real browser: nothing of it runs, loads, or is reported as an attempt to. */
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cleanFileName } from '../../src/runtime/files/file-name.ts'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { untilLive } from '../support/paired.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { readScreens } from '../support/transcript.ts'
import { INJECTIONS } from './injections.ts'

/** What must not have happened, over all pages of a context. */
type Harm = { ran: number; dialogs: number; asked: string[]; reports: string[] }

/** So many fit into the end of stderr that an error carries. */
const ERROR_CHARS = 480
const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))

describe.runIf(hasChromium)('300 injections', () => {
  let server: TestServer
  let browser: Browser
  let context: BrowserContext
  const harm: Harm = { ran: 0, dialogs: 0, asked: [], reports: [] }

  beforeAll(async () => {
    server = await startServer()
    browser = await chromium.launch(CHROMIUM_OPTIONS)
    context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    await context.exposeFunction('pwned', () => void harm.ran++)
    await context.exposeFunction('reported', (directive: string) => void harm.reports.push(directive))
    await context.addInitScript(
      "document.addEventListener('securitypolicyviolation', (event) => reported(event.violatedDirective))",
    )
    await context.route('**', (route) => {
      const url = route.request().url()
      if (url.startsWith(`${server.url}/`)) return route.continue()
      harm.asked.push(url)
      return route.abort()
    })
    context.on('dialog', (dialog) => {
      harm.dialogs++
      void dialog.dismiss()
    })
    const { code } = (await server.post('/api/pairing')).body
    await context.request.post(`${server.url}/api/login`, {
      data: { code, name: 'browser' },
      headers: { 'X-Breakglass': '1', Origin: server.url },
    })
  })
  afterAll(async () => {
    await browser?.close()
    await server[Symbol.asyncDispose]()
  })

  const expectNoHarm = (): void => expect(harm).toEqual({ ran: 0, dialogs: 0, asked: [], reports: [] })

  /** Opens a session's page, and unfolds and reads all of it. @returns all that it shows, as text */
  const view = async (id: string): Promise<string> => {
    const page = await context.newPage()
    // Much on one screen: each has to be drawn and read.
    await page.setViewportSize({ width: 390, height: 5_000 })
    await page.goto(`${server.url}/#/s/${id}`)
    await untilLive(page)
    const screens = await readScreens(page, true)
    await page.close()
    return screens.flat().join('\n')
  }
  const ended = async (id: string): Promise<void> => {
    await expect
      .poll(async () => (await server.get(`/api/sessions/${id}`)).body.state, { timeout: 30_000 })
      .toBe('idle')
  }
  const missing = (shown: string, texts: readonly string[]): string[] =>
    texts.filter((text) => !shown.includes(plain(text).trim()))
  /** As the page shows it: what would do something unseen is spelt out. */
  const plain = (text: string): string => text.replace(/⟨.*?⟩/g, '').replace(/[^\x20-\x7e]/g, '')

  it('are 300, of all kinds, and harmful to a page that takes them for markup', async () => {
    expect(INJECTIONS).toHaveLength(300)
    const control = await context.newPage()
    await control.route('**/control', (route) =>
      route.fulfill({ contentType: 'text/html', body: INJECTIONS.join('\n') }),
    )
    await control.goto(`${server.url}/control`, { waitUntil: 'commit' })
    await expect.poll(() => harm.ran).toBeGreaterThan(10)
    await expect.poll(() => harm.asked.length).toBeGreaterThan(5)
    await control.close()
    // And where the policy stands in their way, that is reported.
    const shielded = await context.newPage()
    await shielded.goto(`${server.url}/pair`)
    await shielded
      .evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=pwned()>')")
      .catch(() => {})
    await expect.poll(() => harm.reports.length).toBeGreaterThan(0)
    await shielded.close()
    Object.assign(harm, { ran: 0, dialogs: 0, asked: [], reports: [] })
  })

  it('are text as what an agent says, thinks, does and finds', async () => {
    const { id } = await server.open()
    const content = (block: object) => ({
      raw: `${JSON.stringify({ type: 'assistant', message: { role: 'assistant', content: [block] } })}\n`,
    })
    const result = (text: string, i: number) => ({
      raw: `${JSON.stringify({
        type: 'user',
        message: {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: `t${i}`, content: text, is_error: i % 2 === 1 }],
        },
      })}\n`,
    })
    await server.prompt(
      id,
      script(
        ...INJECTIONS.flatMap((text, i) => [
          { say: text },
          { think: text },
          content({ type: 'tool_use', id: `t${i}`, name: text, input: { [text]: text } }),
          result(text, i),
        ]),
      ),
    )
    await ended(id)
    const events = await server.events(id)
    for (const kind of ['text', 'thinking', 'tool_use', 'tool_result'])
      expect([kind, events.filter((event) => event.kind === kind).length]).toEqual([kind, 300])
    const shown = plain(await view(id))
    expect(missing(shown, INJECTIONS)).toEqual([])
    expectNoHarm()
  })

  it('are text as titles', async () => {
    const ids: string[] = []
    for (const title of INJECTIONS) ids.push((await server.open({ agent: 'shell', title })).id)
    const page = await context.newPage()
    await page.goto(`${server.url}/#/`)
    const list = page.getByRole('main').getByRole('list')
    await expect.poll(() => list.getByRole('listitem').count()).toBeGreaterThanOrEqual(300)
    const shown = plain((await list.textContent())!)
    expect(missing(shown, INJECTIONS)).toEqual([])
    // The page of one session has it as its heading, and as the document's own title.
    for (const [i, id] of ids.entries()) {
      if (i % 20 !== 0) continue
      await page.goto(`${server.url}/#/s/${id}`)
      await expect
        .poll(() =>
          page
            .locator('h1')
            .textContent()
            .then((text) => plain(text!)),
        )
        .toBe(plain(INJECTIONS[i]!))
    }
    await page.close()
    expectNoHarm()
  })

  it('are text as names of files', async () => {
    const { id } = await server.open()
    const paths: string[] = []
    for (const names of chunks(
      INJECTIONS.filter((name) => cleanFileName(name) !== null),
      10,
    )) {
      const form = new FormData()
      for (const name of names) form.append('file', new File(['x'], name))
      const answer = await fetch(`${server.url}/api/sessions/${id}/files`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.token()}` },
        body: form,
      })
      const { files } = (await answer.json()) as { files: { path: string }[] }
      paths.push(...files.map(({ path }) => path))
    }
    expect(paths.length).toBeGreaterThan(250)
    for (const attachments of chunks(paths, 20)) {
      await server.prompt(id, script({ say: 'seen' }), { attachments })
      await ended(id)
    }
    const shown = plain(await view(id))
    const names = paths.map((path) => path.split('/').at(-1)!)
    expect(missing(shown, names)).toEqual([])
    expectNoHarm()
  })

  it('are text as errors', async () => {
    const { id } = await server.open()
    let stderr = ''
    const run = async (): Promise<void> => {
      await server.prompt(id, script({ stderr }, { exit: 3 }))
      await ended(id)
      stderr = ''
    }
    for (const text of INJECTIONS) {
      if (stderr.length + text.length > ERROR_CHARS) await run()
      stderr += `${text}\n`
    }
    await run()
    const errors = (await server.events(id)).filter((event) => event.kind === 'error')
    expect(errors.length).toBeGreaterThan(30)
    const shown = plain(await view(id))
    expect(missing(shown, INJECTIONS)).toEqual([])
    expectNoHarm()
  })
})
