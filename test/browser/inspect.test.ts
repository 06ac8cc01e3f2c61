/** The inspector in a real browser, against a real server: what is lit is what the machines do, and did. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AnyStateMachine, AnyStateNode } from 'xstate'
import { transitionId } from '../../src/machines/inspection.ts'
import { processMachine } from '../../src/machines/process.ts'
import { sessionMachine } from '../../src/machines/session.ts'
import { CHROMIUM_OPTIONS, hasChromium } from '../support/chromium.ts'
import { show, untilLive } from '../support/paired.ts'
import { openPhone } from '../support/phone.ts'
import { readStream } from '../support/read-stream.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { findSteadyPort } from '../support/steady-port.ts'

/** Writes down which state of a machine is lit, each time that it is another one. In the page. */
const recordLit = (machine: string): void => {
  const seen: string[] = []
  Object.assign(globalThis, { lit: seen })
  const look = (): void => {
    const states = document.querySelectorAll(`[data-machine=${machine}] .state.lit:not(.root)`)
    const innermost = [...states].at(-1)?.getAttribute('data-id') ?? 'none'
    if (seen.at(-1) !== innermost) seen.push(innermost)
  }
  look()
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true })
}

/** Writes down which transitions of a machine are drawn as just taken, each time that they are others. In the page. */
const recordTaken = (machine: string): void => {
  const seen: string[] = []
  Object.assign(globalThis, { taken: seen })
  const look = (): void => {
    for (const { dataset } of document.querySelectorAll<SVGElement>(`[data-machine=${machine}] .taken`))
      if (!seen.includes(dataset.id!)) seen.push(dataset.id!)
  }
  look()
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true })
}

const litSoFar = (page: Page): Promise<string[]> => page.evaluate('lit')
const isLit = (page: Page, id: string): Promise<void> =>
  page.locator(`[data-machine=session] .state.lit[data-id="${id}"]`).waitFor({ state: 'attached' })
const openPanel = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Panels' }).getByRole('button', { name, exact: true }).tap()

type Exported = { session: object; events: { id: number; kind: string; [field: string]: unknown }[] }

/** @param log as it stands in the file, or what is to be made JSON */
const openFile = (page: Page, log: string | object): Promise<void> =>
  page.getByLabel('Open a file').setInputFiles({
    ...{ name: 'log.json', mimeType: 'application/json' },
    buffer: Buffer.from(typeof log === 'string' ? log : JSON.stringify(log)),
  })

/** Of one machine, in words: `outside to session: PROMPT`. */
const readSequence = (page: Page, machine: string): Promise<string[]> =>
  page
    .locator('.message')
    .allTextContents()
    .then((rows) => rows.flatMap((row) => new RegExp(`[a-z ]+ to ${machine}: .*`).exec(row)?.[0] ?? []))

/** All that a machine is made of. */
function partsOf(machine: AnyStateMachine): string[] {
  const nodes: AnyStateNode[] = [machine.root]
  for (const node of nodes) nodes.push(...Object.values(node.states))
  const transitions = nodes.flatMap(({ transitions, always }) => [
    ...[...transitions.values()].flat(),
    ...(always ?? []),
  ])
  return [...nodes.map(({ id }) => id), ...transitions.map(transitionId)].sort()
}

describe.runIf(hasChromium)('the inspector', () => {
  let server: TestServer
  let browser: Browser
  beforeAll(async () => {
    // An agent that is deaf to its interrupt has all the time that the test takes to look.
    // And on a port at which its pages find it again.
    const port = String(await findSteadyPort())
    server = await startServer({ BREAKGLASS_KILL_GRACE_S: '120', BREAKGLASS_PORT: port })
    browser = await chromium.launch(CHROMIUM_OPTIONS)
  })
  afterAll(async () => {
    await browser?.close()
    await server[Symbol.asyncDispose]()
  })

  const open = async (hash: string, context?: BrowserContext): Promise<Page> =>
    show(context ?? (await openPhone(browser, server)), server, hash, 'inspect')

  const untilEvent = (id: string, kind: string) =>
    readStream(server.eventsUrl(id), { token: server.token(), until: ({ data }) => data?.kind === kind })

  /** A turn that was cancelled. */
  const cancelledTurn = async (): Promise<string> => {
    const { id } = await server.open({ agent: 'claude', title: 'cancelled' })
    await server.prompt(id, script({ say: 'Let me look.' }, { hang: true }))
    await untilEvent(id, 'text')
    await server.post(`/api/sessions/${id}/cancel`)
    await untilEvent(id, 'turn_end')
    return id
  }

  const exportOf = async (id: string): Promise<Exported> =>
    (await server.get(`/api/sessions/${id}/transcript?format=json`)).body

  it('lights idle, running, cancelling and idle again as a turn goes, by the events that did it', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'watched' })
    const page = await open(`/s/${id}`)
    await untilLive(page)
    await page.getByRole('button', { name: 'Watch', exact: true }).tap()
    await page.getByText('Watched', { exact: true }).waitFor()
    await page.evaluate(recordLit, 'session')
    await page.evaluate(recordTaken, 'session')
    const leave = join(server.dataDir, 'leave')
    await server.prompt(id, script({ deaf: true }, { say: 'Hm.' }, { await: leave }, { exit: 0 }))
    await isLit(page, 'session.turn.running')
    // From then on it is deaf.
    await untilEvent(id, 'text')
    await server.post(`/api/sessions/${id}/cancel`)
    await isLit(page, 'session.turn.cancelling')
    writeFileSync(leave, '')
    await isLit(page, 'session.idle')
    expect(await litSoFar(page)).toEqual([
      ...['session.idle', 'session.turn.running', 'session.turn.cancelling', 'session.idle'],
    ])
    expect(await page.evaluate('taken')).toEqual(
      expect.arrayContaining([
        ...['session.idle/PROMPT/0', 'session.turn.running/CANCEL/0'],
        'session.turn/xstate.done.actor.process/0',
      ]),
    )
    await openPanel(page, 'Sequence')
    const own = (await readSequence(page, 'session')).filter((row) => !/OUTPUT|DEAF/.test(row))
    expect(own).toEqual([
      'outside to session: PROMPT',
      'outside to session: CANCEL',
      'process to session: process done',
    ])
    expect(await page.getByText('Hm.').count()).toBe(0)
    // From a step to where it stays.
    await page.locator('.message', { hasText: 'outside to session: CANCEL' }).tap()
    await openPanel(page, 'Step')
    const { frames } = await untilEvent(id, 'turn_end')
    const cancelling = frames.find(({ data }) => data?.kind === 'cancelling')!
    const link = page.getByRole('link', { name: 'log at' })
    expect(await link.getAttribute('href')).toBe(`#/s/${id}/turn/1/event/${cancelling.data.id}`)
    await link.tap()
    await openPanel(page, 'Log')
  })

  it('lights nothing of what nobody watches, and says that a restart of the server has ended the watching', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'unwatched' })
    const page = await open(`/s/${id}`)
    await untilLive(page)
    await page.evaluate(recordLit, 'session')
    const lit = page.locator('.state.lit')
    await server.prompt(id, script({ say: 'Hm.' }, { hang: true }))
    await untilEvent(id, 'text')
    await page.getByText('Not watched', { exact: true }).waitFor()
    expect(await litSoFar(page)).toEqual(['none'])
    await page.getByRole('button', { name: 'Watch', exact: true }).tap()
    await isLit(page, 'session.turn.running')
    await openPanel(page, 'Actors')
    await page.getByText('agent', { exact: true }).waitFor()
    // Those of now are not the port's of the step that is looked at.
    expect(await page.locator('.actors > .tree').first().getByText('pid').count()).toBe(0)
    await server.kill()
    await server.start()
    await page.getByText('The server was started again').waitFor()
    expect(await lit.count()).toBe(0)
    expect(await page.locator('.timers').count()).toBe(0)
    expect(await page.getByText('not there').count()).toBe(0)
    await server.post(`/api/sessions/${id}/cancel`)
    await untilEvent(id, 'turn_end')
  })

  it('opens a past turn at its step, and steps back and forth, with the address', async () => {
    const id = await cancelledTurn()
    const page = await open(`/s/${id}/turn/1/step/0`)
    await isLit(page, 'session.turn.running')
    const forth = page.getByRole('button', { name: 'Step forth' })
    const back = page.getByRole('button', { name: 'Step back' })
    const place = page.getByRole('status', { name: 'Step', exact: true })
    const count = Number((await place.textContent())!.split('/')[1])
    await openPanel(page, 'Sequence')
    await page.locator(`.message[data-seq="${count - 1}"]`).waitFor()
    const rows = await page.locator('.message').allTextContents()
    const cancel = rows.findIndex((row) => row.includes('CANCEL'))
    for (let step = 1; step <= cancel; step++) await forth.tap()
    await isLit(page, 'session.turn.cancelling')
    await page.waitForURL(`**/inspect#/s/${id}/turn/1/step/${cancel}`)
    await back.tap()
    await isLit(page, 'session.turn.running')
    await page.getByRole('button', { name: 'Last step' }).tap()
    await isLit(page, 'session.idle')
    expect(await place.textContent()).toBe(`${count} / ${count}`)
    await page.reload()
    await isLit(page, 'session.idle')
    await page.evaluate((hash) => location.assign(hash), `#/s/${id}/turn/1/step/${cancel}`)
    await isLit(page, 'session.turn.cancelling')
    expect(await back.isEnabled()).toBe(true)
    // A link to where it was opened, when it has gone elsewhere since.
    await page.getByRole('button', { name: 'Last step' }).tap()
    await isLit(page, 'session.idle')
    await page.evaluate((hash) => location.assign(hash), `#/s/${id}/turn/1/step/${cancel}`)
    await isLit(page, 'session.turn.cancelling')
  })

  it('reads on in a turn that still runs, from where somebody looks at it, until it has ended', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'runs' })
    const leave = join(server.dataDir, 'leave-recorded')
    await server.prompt(id, script({ say: 'Hm.' }, { await: leave }, { say: 'Ah.' }, { exit: 0 }))
    await untilEvent(id, 'text')
    const page = await open(`/s/${id}/turn/1/step/1`)
    await untilLive(page)
    const place = page.getByRole('status', { name: 'Step', exact: true })
    const before = Number((await place.textContent())!.split('/')[1])
    await page.getByText('It still runs').waitFor()
    writeFileSync(leave, '')
    await page.getByText('It still runs').waitFor({ state: 'detached' })
    const [at, count] = (await place.textContent())!.split(' / ').map(Number)
    expect([at, count! > before]).toEqual([2, true])
    await page.getByRole('button', { name: 'Last step' }).tap()
    await isLit(page, 'session.idle')
    await openPanel(page, 'Log')
    await page.locator('.log').getByText('Ah.').first().waitFor()
  })

  it('has all panels of a past turn at a desk, the log and the events in one place', async () => {
    const desk = await openPhone(browser, server, { viewport: { width: 1_280, height: 800 } }, 'desk')
    const page = await open(`/s/${await cancelledTurn()}/turn/1`, desk)
    await isLit(page, 'session.turn.running')
    const seen = async (): Promise<(string | null)[]> =>
      page
        .locator('.panel:visible')
        .evaluateAll((panels) => panels.map((panel) => panel.getAttribute('aria-label')))
    expect(await seen()).toEqual(['Chart', 'Sequence', 'Step', 'Log', 'Actors'])
    await page
      .getByRole('navigation', { name: 'Panels at Log' })
      .getByRole('button', { name: 'Events' })
      .tap()
    expect(await seen()).toEqual(['Chart', 'Sequence', 'Step', 'Events', 'Actors'])
    await page.getByRole('searchbox', { name: 'Filter the events' }).fill('nonsense')
    await page.getByText(/^None of \d+ events has that in it/).waitFor()
    await page.getByRole('searchbox', { name: 'Filter the events' }).fill('CANCEL')
    await page.locator('.raw .line').first().tap()
    await isLit(page, 'session.turn.cancelling')
  })

  it('is gone through by keys, but for those that somebody types', async () => {
    const page = await open(`/s/${await cancelledTurn()}/turn/1/step/2`)
    const place = page.getByRole('status', { name: 'Step', exact: true })
    const at = async (key: string): Promise<number> => {
      await page.keyboard.press(key)
      return Number.parseInt((await place.textContent())!, 10)
    }
    await isLit(page, 'session.turn.running')
    const count = Number((await place.textContent())!.split('/')[1])
    expect([await at('ArrowRight'), await at('ArrowLeft'), await at('ArrowLeft')]).toEqual([4, 3, 2])
    expect([await at('End'), await at('ArrowRight'), await at('Home')]).toEqual([count, count, 1])
    await openPanel(page, 'Events')
    await page.getByRole('searchbox', { name: 'Filter the events' }).focus()
    expect([await at('ArrowRight'), await at(' ')]).toEqual([1, 1])
    await page.getByRole('combobox', { name: 'Speed' }).selectOption('0.25')
    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press(' ')
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await page.keyboard.press(' ')
    await page.getByRole('button', { name: 'Play' }).waitFor()
  })

  it('plays a turn to its end, by its own clock', async () => {
    const id = await cancelledTurn()
    const page = await open(`/s/${id}/turn/1`)
    await isLit(page, 'session.turn.running')
    await page.evaluate(recordLit, 'session')
    // So slowly that no state is over before the next frame.
    await page.getByRole('combobox', { name: 'Speed' }).selectOption('0.25')
    await page.getByRole('button', { name: 'Play' }).tap()
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    await isLit(page, 'session.idle')
    expect(await litSoFar(page)).toEqual(['session.turn.running', 'session.turn.cancelling', 'session.idle'])
    await page.getByRole('button', { name: 'Play' }).waitFor()
  })

  it('opens the middle of a turn of thousands of steps, and draws what can be seen of it', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'long' })
    await server.prompt(id, script({ lines: 3_000 }, { exit: 0 }))
    await untilEvent(id, 'turn_end')
    const page = await open(`/s/${id}/turn/1/step/1500`)
    for (const [panel, row] of [
      ['Log', '.log .line'],
      ['Sequence', '.message'],
    ] as const) {
      await openPanel(page, panel)
      const chosen = page.locator(`${row}[aria-pressed=true]`)
      await chosen.waitFor()
      const isSeen = await chosen.evaluate((element) => {
        const [inner, outer] = [element, element.closest('.rows')!].map((each) =>
          each.getBoundingClientRect(),
        )
        return inner!.top >= outer!.top && inner!.bottom <= outer!.bottom && outer!.height < innerHeight
      })
      expect([panel, isSeen]).toEqual([panel, true])
      expect(await page.locator(row).count()).toBeLessThan(100)
    }
  })

  it('shows in a log from a file what is wrong with it, and where, from another turn as well', async () => {
    const { events, ...exported } = await exportOf(await cancelledTurn())
    const wrong = events.findIndex(({ kind }) => kind === 'text')
    events[wrong]!.kind = 'weather'
    const more = events.map((event) => ({ ...event, id: event.id + events.length, turn: 2 }))
    const page = await open('/file')
    await openFile(page, { ...exported, events: [...events, ...more] })
    await page.getByText('2 violations in').tap()
    await page.getByRole('link', { name: `weather ${wrong}: the kind is unknown` }).tap()
    await openPanel(page, 'Log')
    const line = page.locator(`[data-wrong=true][data-event="${wrong}"]`)
    await line.waitFor()
    expect(await line.textContent()).toContain('the kind is unknown')
    expect(await line.getAttribute('aria-pressed')).toBe('true')
    await page.waitForURL(/file\/turn\/1\/step\/[1-9]/)
  })

  it('opens one file after the other, whatever was looked at in the one before', async () => {
    const { events, ...exported } = await exportOf(await cancelledTurn())
    const more = events.map((event) => ({ ...event, id: event.id + events.length, turn: 2 }))
    const page = await open('/file/turn/4')
    await openFile(page, { ...exported, events })
    await page.waitForURL('**/file/turn/1/step/0')
    await openFile(page, { ...exported, events: [...events, ...more] })
    await page.waitForURL('**/file/turn/2/step/0')
    const turn = page.getByRole('combobox', { name: 'Turn' })
    await page.evaluate("location.hash = '#/file/turn/3'")
    await page.getByText('There is no turn 3 in it.').waitFor()
    await turn.selectOption('1')
    await page.waitForURL('**/file/turn/1/step/0')
    await page.getByText('In order: all').waitFor()
    await openFile(page, 'Not JSON.')
    await page.getByText('It is no JSON.').waitFor()
    expect(await page.getByText('In order').count()).toBe(0)
    await openFile(page, { ...exported, events })
    await page.getByText('In order: all').waitFor()
    expect(await page.getByText('It is no JSON.').count()).toBe(0)
  })

  it('shows a damaged log, and says that it is broken off', async () => {
    const { events, ...exported } = await exportOf(await cancelledTurn())
    const page = await open('/file')
    await openFile(page, {
      ...exported,
      events: events.map((event) => ({ ...event, turn: { toString: 1 } })),
    })
    await page.getByText('There is no turn in it.').waitFor()
    await page.getByText('violations in').waitFor()
    await openFile(page, {
      ...exported,
      events: events.slice(0, 3).with(1, { ...events[1]!, at: 'garbage' }),
    })
    await page.getByText('Turn 1 has no end yet.').waitFor()
    await page.getByText('1 violation in 3 events').tap()
    await page.getByRole('link', { name: 'at is no time' }).tap()
    await openPanel(page, 'Sequence')
    await page.locator('.message').first().waitFor()
    expect((await page.locator('.message .time').allTextContents()).join(' ')).not.toContain('NaN')
  })

  it('goes on elsewhere when it fails to show something', async () => {
    const context = await openPhone(browser, server)
    await context.addInitScript('Map.groupBy = () => { throw new Error("a fault") }')
    const page = await open(`/s/${await cancelledTurn()}/turn/1`, context)
    await page.getByText('This cannot be shown').waitFor()
    await page.getByRole('link', { name: 'Back' }).tap()
    await page.getByRole('link', { name: 'Every state × event' }).waitFor()
  })

  it('says that a log is in order when it is', async () => {
    const page = await open(`/s/${await cancelledTurn()}/turn/1`)
    await page.getByRole('button', { name: 'Check log' }).tap()
    await page.getByText('In order: all').waitFor()
  })

  it('draws the machines as they are', async () => {
    const { id } = await server.open({ agent: 'claude' })
    const page = await open(`/s/${id}`)
    await untilLive(page)
    for (const machine of [sessionMachine, processMachine] as AnyStateMachine[]) {
      const drawn = await page
        .locator(`[data-machine=${machine.id}] [data-id]`)
        .evaluateAll((parts) => parts.map((part) => part.getAttribute('data-id')!))
      expect(drawn.sort()).toEqual(partsOf(machine))
    }
  })

  it('asks nobody but its server, for anything', async () => {
    const context = await openPhone(browser, server)
    const asked: string[] = []
    context.on('request', (request) => asked.push(new URL(request.url()).origin))
    const id = await cancelledTurn()
    for (const hash of ['/', `/s/${id}`, `/s/${id}/turn/1/step/2`, '/table', '/file']) {
      const page = await open(hash, context)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('load')
    }
    expect(asked.length).toBeGreaterThan(10)
    expect(new Set(asked)).toEqual(new Set([server.url]))
  })

  it('is no part of what a phone keeps', async () => {
    const [page, worker] = await Promise.all(['/inspect', '/sw.js'].map((path) => server.get(path)))
    const own = /src="\.\/(assets\/inspect-[^"]+\.js)"/.exec(page!.body)![1]!
    expect(worker!.body).toContain('assets/page-')
    expect(worker!.body).not.toContain(own)
  })

  it('is found from the phone’s page, and is nobody’s who is not in', async () => {
    const { id } = await server.open({ agent: 'claude', title: 'from the list' })
    const page = await show(await openPhone(browser, server), server, '/')
    await page.getByRole('button', { name: 'Actions for from the list' }).tap()
    await page.getByRole('link', { name: 'Inspect' }).tap()
    await page.getByRole('heading', { name: 'from the list' }).waitFor()
    expect(page.url()).toBe(`${server.url}/inspect#/s/${id}`)
    const response = await fetch(`${server.url}/inspect`)
    expect(response.status).toBe(401)
    expect(await response.text()).toContain('pair.js')
  })
})
