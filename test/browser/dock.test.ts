/** What the thumb does at the bottom of a session, on a phone, against the real server with the scripted agent. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { checkLog } from '../../src/verify/check-log.ts'
import { tempDir } from '../runtime/temp-dir.ts'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show as showView, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { tapTwiceAtOnce } from '../support/tap-at-once.ts'

describe.runIf(hasChromium)('at the bottom of a session', () => {
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

  const pair = (name: string): Promise<BrowserContext> => openPhone(browser, server, {}, name)
  /** Opens a session's page, and waits until it is live. */
  const show = async (context: BrowserContext, id: string): Promise<Page> => {
    const page = await showView(context, server, `/s/${id}`)
    await untilLive(page)
    return page
  }
  /** A session of the scripted agent, cancelled in the end. */
  const open = async (): Promise<string> => {
    const { id } = await server.open()
    onTestFinished(async () => void (await server.post(`/api/sessions/${id}/cancel`)))
    return id
  }
  const textOf = (page: Page) => page.getByRole('textbox', { name: 'Prompt', exact: true })
  const button = (page: Page, name: string | RegExp) =>
    page.getByRole('button', { name, ...(typeof name === 'string' && { exact: true }) })
  const type = async (page: Page, text: string, verb: 'Send' | 'Queue'): Promise<void> => {
    await textOf(page).fill(text)
    await button(page, verb).tap()
  }
  const eventsOf = async (id: string, kind: string) =>
    (await server.events(id)).filter((event) => event.kind === kind)
  const states = async (id: string) => (await server.get(`/api/sessions/${id}`)).body
  /** Until the card that is shown takes an answer. */
  const settled = (page: Page) => page.locator('[data-settled=true]').waitFor()
  const focused = (page: Page) => page.evaluate("document.activeElement.getAttribute('aria-label')")
  const hang = script({ hang: true })
  const asking = (...ids: string[]) =>
    script({ ask: ids.map((id) => ({ id, input: { command: `touch ${id}` } })) })

  it('sends a prompt that was typed without a network once, when it is back, in order', async () => {
    const id = await open()
    const phone = await pair('Offline')
    const page = await show(phone, id)
    await phone.setOffline(true)
    await type(page, script({ say: 'one' }), 'Send')
    await type(page, script({ say: 'two' }), 'Send')
    await expect.poll(() => page.getByText('waiting for the network').count()).toBe(2)
    expect(await textOf(page).inputValue()).toBe('')
    expect(await eventsOf(id, 'user')).toEqual([])
    await phone.setOffline(false)
    await expect.poll(async () => (await states(id)).turn).toBe(2)
    await page.getByRole('region', { name: 'Waiting prompts' }).waitFor({ state: 'detached' })
    await expect.poll(async () => (await states(id)).state).toBe('idle')
    expect((await eventsOf(id, 'user')).map((event) => 'text' in event && event.text)).toEqual([
      script({ say: 'one' }),
      script({ say: 'two' }),
    ])
    expect(checkLog(await server.events(id))).toEqual([])
  })

  it('keeps a draft, and prompts on their way, over a reload, and sends them once from two tabs', async () => {
    const id = await open()
    const phone = await pair('Reload')
    // The page is there without the server; what it asks does not get through.
    let isCut = true
    await phone.route('**/turns', (route) => (isCut ? route.abort() : route.continue()))
    const page = await show(phone, id)
    await type(page, script({ say: 'once' }), 'Send')
    await page.getByText('Trying again').waitFor()
    await textOf(page).fill('half a thou')
    await page.reload()
    await untilLive(page)
    await expect.poll(() => textOf(page).inputValue()).toBe('half a thou')
    await page.getByText('"once"').first().waitFor()
    const other = await show(phone, id)
    await other.getByRole('region', { name: 'Waiting prompts' }).waitFor()
    isCut = false
    for (const tab of [page, other])
      await tab
        .getByRole('region', { name: 'Waiting prompts' })
        .waitFor({ state: 'detached', timeout: 40_000 })
    await expect.poll(async () => (await states(id)).state).toBe('idle')
    expect(await eventsOf(id, 'user')).toHaveLength(1)
  })

  it('gives a refused prompt back, with the reason', async () => {
    const id = await open()
    const page = await show(await pair('Refused'), id)
    await page.route('**/turns', (route) =>
      route.fulfill({
        status: 413,
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 413, code: 'prompt_too_large', title: 'x', detail: 'x' }),
      }),
    )
    await type(page, 'very long', 'Send')
    await page.getByRole('alert').getByText('It is too long: 4 MiB at most.').waitFor()
    expect(await textOf(page).inputValue()).toBe('very long')
    await page.unroute('**/turns')
    await button(page, 'Send').tap()
    await expect.poll(async () => (await eventsOf(id, 'user')).length).toBe(1)
  })

  it('edits, deletes and resumes what waits in the queue', async () => {
    const id = await open()
    const page = await show(await pair('Queue'), id)
    await type(page, hang, 'Send')
    await button(page, 'Stop').waitFor()
    await type(page, 'first', 'Queue')
    await type(page, 'second', 'Queue')
    const cards = page.getByRole('region', { name: 'Waiting prompts' }).getByRole('listitem')
    await expect.poll(() => cards.count()).toBe(2)
    await cards.nth(0).getByText('will send when this finishes').waitFor()
    const edit = cards.nth(0).getByRole('button', { name: 'Edit' })
    await edit.tap()
    await expect.poll(() => focused(page)).toBe('Waiting prompt')
    await page.keyboard.type(' thoughts')
    await page.keyboard.press('Escape')
    await cards.nth(0).getByText('first', { exact: true }).waitFor()
    await expect.poll(() => focused(page)).toBe('Edit')
    await edit.tap()
    await page.getByRole('textbox', { name: 'Waiting prompt' }).fill('better')
    await button(page, 'Save').tap()
    await expect.poll(() => cards.nth(0).textContent()).toContain('better')
    await cards.nth(1).getByRole('button', { name: 'Delete' }).tap()
    await expect.poll(() => cards.count()).toBe(1)
    expect((await states(id)).queue).toMatchObject([{ prompt: 'better' }])

    await button(page, 'Stop').tap()
    await page.getByText('Held: the turn before was stopped.').waitFor()
    await button(page, 'Resume').tap()
    await cards.first().waitFor({ state: 'detached' })
    await expect.poll(async () => (await states(id)).state).toBe('idle')
    expect((await eventsOf(id, 'user')).map((event) => 'text' in event && event.text)).toEqual([
      hang,
      'better',
    ])
  })

  it.each<[string, string]>([
    ['starts and says nothing', hang],
    ['writes', script({ write: { parts: ['half', { hang: true }] } })],
    ['asks', asking('a')],
    ['does not listen', script({ deaf: true }, { say: 'deaf' }, { hang: true })],
  ])('stops an agent that %s, by the one Stop', async (_, prompt) => {
    const id = await open()
    const page = await show(await pair('Stopper'), id)
    await server.prompt(id, prompt)
    const stop = page.getByRole('region', { name: 'Turn' }).getByRole('button')
    await stop.waitFor()
    expect((await stop.boundingBox())!.height).toBeGreaterThanOrEqual(44)
    expect(await page.getByRole('button', { name: /^Stop/ }).count()).toBe(1)
    await stop.tap()
    await stop.waitFor({ state: 'detached' })
    expect((await server.events(id)).at(-1)).toMatchObject({ kind: 'turn_end', outcome: 'cancelled' })
    await textOf(page).waitFor()
  })

  it('stops without a network when it is back, unless that turn has ended', async () => {
    const id = await open()
    const phone = await pair('Tunnel')
    const page = await show(phone, id)
    const tapOffline = async (): Promise<void> => {
      await button(page, 'Stop').waitFor()
      await phone.setOffline(true)
      await button(page, /^Stop/).tap()
      await page.getByText('Stop waits for the network').waitFor()
      await page.getByText(/as of .* ago/).waitFor()
    }
    await server.prompt(id, hang)
    await tapOffline()
    await phone.setOffline(false)
    await button(page, /^Stop/).waitFor({ state: 'detached' })

    await server.prompt(id, hang)
    await tapOffline()
    await server.post(`/api/sessions/${id}/cancel`)
    await expect.poll(async () => (await states(id)).state).toBe('idle')
    await server.prompt(id, script({ say: 'innocent' }, { hang: true }))
    const before = (await eventsOf(id, 'cancelling')).length
    await phone.setOffline(false)
    await untilLive(page)
    await expect.poll(() => page.getByText('Stop waits').count()).toBe(0)
    // What the stop would have been is asked and answered by now: something later has been.
    await button(page, 'Stop').tap()
    await button(page, /^Stop/).waitFor({ state: 'detached' })
    expect(await eventsOf(id, 'cancelling')).toHaveLength(before + 1)
  })

  it('stops no other turn than the one that was shown, when its stream is cut', async () => {
    const id = await open()
    const page = await show(await pair('Stale'), id)
    await server.prompt(id, hang)
    await button(page, 'Stop').waitFor()
    await page.route('**/events', (route) => route.abort())
    await page.getByRole('button', { name: /^live/ }).tap()
    await page.getByRole('button', { name: /^reconnecting/ }).waitFor()
    await server.post(`/api/sessions/${id}/cancel`)
    await expect.poll(async () => (await states(id)).state).toBe('idle')
    await server.prompt(id, script({ say: 'innocent' }, { hang: true }))
    const isAsked = page.waitForResponse(
      (answer) => answer.url().endsWith(id) && answer.request().method() === 'GET',
    )
    await button(page, 'Stop').tap()
    await isAsked
    await page.unroute('**/events')
    await untilLive(page)
    expect(await states(id)).toMatchObject({ state: 'running', turn: 2 })
    await button(page, 'Stop').waitFor()
  })

  it('shows what an agent wants to do to the letter, and allows what the operator made of it', async () => {
    const id = await open()
    const page = await show(await pair('Editor'), id)
    const command = 'cd /srv && rm -rf -- "a b" | tee log; true'
    await server.prompt(id, script({ ask: [{ id: 'a', input: { command } }] }))
    await button(page, 'Allow').waitFor()
    expect(await page.getByRole('region', { name: 'Command' }).textContent()).toBe(command)
    expect(await page.getByRole('list', { name: 'Its parts' }).getByRole('listitem').count()).toBe(4)
    expect(await textOf(page).count()).toBe(0)
    await settled(page)
    await button(page, 'Edit').tap()
    await page.getByRole('textbox', { name: 'The command to run instead' }).fill('ls')
    await button(page, 'Allow as edited').tap()
    await expect
      .poll(() => eventsOf(id, 'approval_resolved'))
      .toMatchObject([{ decision: 'allow', by: 'Editor', updatedInput: { command: 'ls' } }])
    await textOf(page).waitFor()
  })

  it('says in words what always would take up, and takes up that', async () => {
    const id = await open()
    const page = await show(await pair('Always'), id)
    const rules = [{ toolName: 'Bash', ruleContent: 'systemctl restart *' }]
    const suggestions = [{ type: 'addRules', rules, behavior: 'allow', destination: 'localSettings' }]
    await server.prompt(id, script({ ask: [{ id: 'a', suggestions }] }))
    await settled(page)
    await button(page, 'Always…').tap()
    await page.getByText('any command that begins with “systemctl restart”').waitFor()
    await button(page, 'Always allow').tap()
    await expect.poll(() => eventsOf(id, 'approval_resolved')).toMatchObject([{ always: true }])
    expect((await states(id)).allowed).toMatchObject([{ rules }])
  })

  it('answers one approval with two quick taps, and denies the next with a reason', async () => {
    const id = await open()
    const page = await show(await pair('Quick'), id)
    await server.prompt(id, asking('a', 'b'))
    await page.getByText('1 of 2').waitFor()
    const allow = button(page, 'Allow')
    await settled(page)
    await tapTwiceAtOnce(page, allow, { name: 'Allow', beside: 'touch b' })
    await settled(page)
    expect(await eventsOf(id, 'approval_resolved')).toHaveLength(1)
    await button(page, 'Deny with a reason').tap()
    await page.getByRole('textbox', { name: /Why not/ }).fill('Not on this disk.')
    await button(page, 'Deny').tap()
    await expect
      .poll(() => eventsOf(id, 'approval_resolved'))
      .toMatchObject([{ decision: 'allow' }, { decision: 'deny', message: 'Not on this disk.' }])
  })

  it('takes away what another device has answered, and says who and what', async () => {
    const id = await open()
    const [one, two] = [await show(await pair('Phone'), id), await show(await pair('Tablet'), id)]
    await server.prompt(id, asking('a'))
    await button(one, 'Allow').waitFor()
    await settled(two)
    await button(two, 'Deny').tap()
    await one.getByRole('status').getByText('Tablet denied Bash “touch a”').waitFor()
    await button(one, 'Allow').waitFor({ state: 'detached' })
    await textOf(one).waitFor()
    expect(await two.getByText('denied Bash').count()).toBe(0)
  })

  it('sends an answer that was given without a network once, although the page was made anew meanwhile', async () => {
    const id = await open()
    const phone = await pair('Tunnel answer')
    let isCut = true
    let count = 0
    await phone.route('**/approvals/*', (route) => {
      count++
      return isCut ? route.abort() : route.continue()
    })
    const page = await show(phone, id)
    await server.prompt(id, asking('a'))
    await settled(page)
    await button(page, 'Allow').tap()
    await page.getByText('Allow: waiting for the network').waitFor()
    const before = count
    await page.reload()
    await untilLive(page)
    await page.getByText('Allow: waiting for the network').waitFor()
    await expect.poll(() => count).toBeGreaterThan(before)
    isCut = false
    await textOf(page).waitFor({ timeout: 40_000 })
    expect(await eventsOf(id, 'approval_resolved')).toMatchObject([
      { decision: 'allow', by: 'Tunnel answer' },
    ])
  })

  it('begins a line by Enter on a phone, and sends by it when the operator wants that', async () => {
    const id = await open()
    const phone = await pair('Enter')
    const page = await show(phone, id)
    await textOf(page).fill('one')
    await textOf(page).press('Enter')
    expect(await textOf(page).inputValue()).toBe('one\n')
    await textOf(page).fill('')
    await page.goto(`${server.url}/#/settings`)
    await page.getByRole('radio', { name: 'Sends' }).tap()
    await page.goto(`${server.url}/#/s/${id}`)
    await untilLive(page)
    await textOf(page).fill('two')
    await textOf(page).press('Shift+Enter')
    await textOf(page).pressSequentially('lines')
    await textOf(page).press('Enter')
    await expect.poll(() => eventsOf(id, 'user')).toMatchObject([{ text: 'two\nlines' }])
    expect(await textOf(page).inputValue()).toBe('')
  })

  it('says whose answer was first to an answer that comes too late', async () => {
    const id = await open()
    const phone = await pair('Late')
    const page = await show(phone, id)
    await server.prompt(id, asking('a', 'b'))
    await settled(page)
    await phone.setOffline(true)
    await button(page, 'Allow').tap()
    await page.getByText('Allow: waiting for the network').waitFor()
    const { approvals } = await states(id)
    await server.post(`/api/sessions/${id}/approvals/${approvals[0].approvalId}`, { decision: 'deny' })
    await phone.setOffline(false)
    await page.getByRole('status').getByText('A program or terminal denied Bash').waitFor()
    await page.getByRole('region', { name: 'Command' }).getByText('touch b').waitFor()
  })

  it('leaves somebody who types alone until they are done', async () => {
    const id = await open()
    const page = await show(await pair('Typist'), id)
    await textOf(page).fill('half a thou')
    await server.prompt(id, asking('a'))
    await button(page, 'Bash waits for your answer. Show').waitFor()
    expect(await focused(page)).toBe('Prompt')
    await button(page, 'Bash waits for your answer. Show').tap()
    await settled(page)
    expect(await focused(page)).toBe('Approval')
    await button(page, 'Allow').tap()
    await expect.poll(() => textOf(page).inputValue()).toBe('half a thou')
  })

  it('answers questions, and sends a plan back with what should be different', async () => {
    const id = await open()
    const page = await show(await pair('Oracle'), id)
    const question = (question: string, multiSelect: boolean, ...labels: string[]) => ({
      ...{ question, header: 'H', multiSelect },
      options: labels.map((label) => ({ label, description: `the ${label}` })),
    })
    const input = {
      questions: [
        question('Which disk?', false, 'sda', 'sdb'),
        question('Which logs?', true, 'nginx', 'mail'),
      ],
    }
    await server.prompt(
      id,
      script(
        { ask: [{ id: 'q', tool: 'AskUserQuestion', input }] },
        { ask: [{ id: 'p', tool: 'ExitPlanMode', input: { plan: '1. Look.' } }] },
      ),
    )
    await settled(page)
    await page.getByText('Not answered yet').first().waitFor()
    await page.getByRole('radio', { name: 'sdb' }).tap()
    expect(await button(page, 'Answer').isDisabled()).toBe(true)
    await page.getByRole('checkbox', { name: 'mail' }).tap()
    await page.getByRole('textbox', { name: 'Another answer to: Which logs?' }).fill('journal')
    await button(page, 'Answer').tap()
    await expect
      .poll(() => eventsOf(id, 'approval_resolved'))
      .toMatchObject([
        {
          decision: 'allow',
          updatedInput: { ...input, answers: { 'Which disk?': 'sdb', 'Which logs?': 'mail, journal' } },
        },
      ])
    await page.getByRole('region', { name: 'Plan' }).getByText('Look.').first().waitFor()
    await settled(page)
    await button(page, 'Reject…').tap()
    await page.getByRole('textbox', { name: 'What should be different?' }).fill('Look twice.')
    await button(page, 'Reject').tap()
    await expect
      .poll(() => eventsOf(id, 'approval_resolved'))
      .toMatchObject([{}, { decision: 'deny', message: 'Look twice.' }])
  })

  it('sends files with a prompt, and says before it sends that one is too large', async () => {
    const id = await open()
    const page = await show(await pair('Files'), id)
    const dir = tempDir()
    const file = (name: string, bytes: number): string => {
      const path = join(dir, name)
      writeFileSync(path, Buffer.alloc(bytes))
      return path
    }
    await page.locator('input[type=file]').setInputFiles([file('small.txt', 5), file('large.bin', 21 << 20)])
    await page.getByText('It is larger than 20 MiB.').waitFor()
    await button(page, 'Remove large.bin').tap()
    await type(page, script({ say: 'seen' }), 'Send')
    await expect
      .poll(() => eventsOf(id, 'user'))
      .toMatchObject([{ attachments: [{ path: 'attachments/small.txt', bytes: 5 }] }])
    await page.getByRole('list', { name: 'Files' }).waitFor({ state: 'detached' })
  })

  it('says how much of a file has been sent', async () => {
    const id = await open()
    const page = await show(await pair('Slow line'), id)
    const devtools = await page.context().newCDPSession(page)
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 300_000 }
    await devtools.send('Network.emulateNetworkConditions', slow)
    const buffer = Buffer.alloc(2_000_000)
    await page.locator('input[type=file]').setInputFiles({ name: 'log.txt', mimeType: 'text/plain', buffer })
    const bar = page.getByRole('progressbar', { name: 'Uploading log.txt' })
    await expect.poll(() => bar.evaluate((bar: HTMLProgressElement) => bar.position)).toBeGreaterThan(0.1)
    await page.getByText(/^[1-9]\d %$/).waitFor()
    await devtools.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 })
    await bar.waitFor({ state: 'detached' })
    await page.getByRole('list', { name: 'Files' }).getByText('1.9 MiB').waitFor()
  })

  it('asks what a file is for, and sends it with the snippet that says so', async () => {
    const id = await open()
    const page = await show(await pair('Attached'), id)
    const attach = async (name: string): Promise<void> => {
      const buffer = Buffer.from('x')
      await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer })
      await button(page, `Remove ${name}`).waitFor()
    }
    const pick = async (): Promise<void> => {
      await button(page, 'Snippets').tap()
      await page.getByRole('button', { name: /^Disk/ }).tap()
    }
    await attach('a.txt')
    await page.getByText('Say what it is for').waitFor()
    await pick()
    await page.getByRole('list', { name: 'Files' }).waitFor({ state: 'detached' })
    const users = () => eventsOf(id, 'user')
    await expect.poll(users).toMatchObject([{ attachments: [{ path: 'attachments/a.txt' }] }])
    await attach('b.txt')
    await textOf(page).fill('what is in it?')
    await pick()
    await expect.poll(async () => (await users()).length).toBe(2)
    expect((await users())[1]).not.toHaveProperty('attachments')
    expect(await textOf(page).inputValue()).toBe('what is in it?')
    await button(page, 'Remove b.txt').waitFor()
  })

  it('begins on the side on which a language is read', async () => {
    const { id } = await server.open({ title: 'הדיסק מלא' })
    const page = await show(await pair('Hebrew'), id)
    await type(page, 'מה קורה כאן?', 'Send')
    await textOf(page).fill('ומה עוד?')
    const log = page.getByRole('log')
    const shown = [page.getByRole('heading', { name: 'הדיסק' }), log.getByText('קורה'), textOf(page)]
    const directions = Promise.all(shown.map((text) => text.evaluate((it) => getComputedStyle(it).direction)))
    expect(await directions).toEqual(['rtl', 'rtl', 'rtl'])
    await textOf(page).fill('and now?')
    expect(await textOf(page).evaluate((text) => getComputedStyle(text).direction)).toBe('ltr')
  })

  it('sends a snippet with one tap, and calls back what was sent before', async () => {
    const id = await open()
    const page = await show(await pair('Snippets'), id)
    await type(page, script({ say: 'earlier' }), 'Send')
    await expect.poll(async () => (await states(id)).turn).toBe(1)
    await button(page, 'Earlier prompts').tap()
    await page.getByRole('list', { name: 'Earlier prompts' }).getByRole('button').tap()
    expect(await textOf(page).inputValue()).toBe(script({ say: 'earlier' }))
    await textOf(page).fill('')
    await textOf(page).press('ArrowUp')
    expect(await textOf(page).inputValue()).toBe(script({ say: 'earlier' }))

    await button(page, 'Snippets').tap()
    await button(page, 'Edit snippets').tap()
    await button(page, 'Remove Status of all services').tap()
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Uptime')
    await page.getByRole('dialog').getByRole('textbox', { name: 'Prompt' }).first().fill('uptime?')
    await button(page, 'Save').tap()
    await page.reload()
    await untilLive(page)
    await button(page, 'Snippets').tap()
    await page.getByRole('button', { name: /^Uptime/ }).tap()
    await expect.poll(() => eventsOf(id, 'user')).toMatchObject([{}, { text: 'uptime?' }])
  })
})
