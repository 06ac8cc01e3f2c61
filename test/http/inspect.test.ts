/** The inspector over HTTP, of a real turn of a real server. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import type { InspectedProcess, InspectItem, Step } from '../../src/machines/inspection.ts'
import { LIMITS } from '../../src/runtime/limits.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, type TestServer } from '../support/server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** A whole turn. */
async function run(id: string, prompt: string): Promise<void> {
  const { body } = await server.prompt(id, prompt)
  await untilTurnEnd(server.eventsUrl(id), server.token(), body.eventId)
}

const SECRET = 'hunter2'

function follow(id: string) {
  const client = createClient({ url: server.url, token: server.token() })
  const items: InspectItem[] = []
  const waiting: { isSo: () => boolean; resolve: () => void }[] = []
  const ended = new AbortController()
  const over = (async () => {
    for await (const item of client.inspector.follow(id, { signal: ended.signal })) {
      items.push(item)
      for (const { isSo, resolve } of waiting) if (isSo()) resolve()
    }
  })()
  return {
    items,
    set: (wanted: { on: boolean; bodies?: boolean }) => client.inspector.set(id, wanted),
    steps: (): Step[] => items.flatMap((item) => (item.type === 'step' ? [item.step] : [])),
    until: (isSo: () => boolean): Promise<void> =>
      new Promise((resolve) => (isSo() ? resolve() : waiting.push({ isSo, resolve }))),
    over,
    async end(): Promise<void> {
      ended.abort()
      await over
      // A place for the next test.
      await client.inspector.set(id, { on: false })
    },
  }
}

const isIdleAgain = (steps: Step[]): boolean =>
  steps.some(({ before, after }) => before.includes('session.turn') && after.includes('session.idle'))

test('a turn that is cancelled is shown from idle to idle, with its processes, and with nothing that was said', async () => {
  const { id } = await server.open()
  const { set, items, steps, until, end } = follow(id)
  await until(() => items.some(({ type }) => type === 'caught-up'))
  expect(items[0]).toMatchObject({ type: 'inspection', inspection: { on: false, actors: [] } })
  expect(await set({ on: true })).toMatchObject({
    ...{ on: true, bodies: false, nextSeq: 0, actors: [{ id: 'session' }] },
  })

  await server.prompt(id, script({ say: SECRET }, { sleep: 60_000 }))
  await until(() =>
    items.some((item) => item.type === 'processes' && item.processes.some(({ role }) => role === 'agent')),
  )
  const shown = items.findLast((item) => item.type === 'processes')!
  const roles = shown.processes.map(({ role }) => role)
  expect(roles).toEqual(expect.arrayContaining(['server', 'shim', 'feeder', 'agent']))
  for (const { rssBytes, command } of shown.processes) {
    expect(rssBytes).toBeGreaterThan(0)
    expect(command).not.toBe('')
  }
  await server.post(`/api/sessions/${id}/cancel`)
  await until(() => isIdleAgain(steps()))

  const ofSession = steps().filter(({ to }) => to === 'session')
  const states = ofSession.flatMap(({ before, after }) => [before.at(-1), after.at(-1)])
  expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
    ...['session.idle', 'session.turn.running', 'session.turn.cancelling', 'session.idle'],
  ])
  expect(steps().map(({ seq }) => seq)).toEqual(steps().map((_, index) => index))
  expect(steps().every(({ lost }) => lost === undefined)).toBe(true)
  expect(JSON.stringify(items)).not.toContain(SECRET)
  await end()
})

test.for([
  ['named by its program alone, unless', false, /^(sh|bash|dash|busybox)$/],
  ['shown with its arguments when', true, new RegExp(`sleep 60; : ${SECRET}`)],
] as const)('a tool’s process is %s the texts were asked for', async ([, bodies, command]) => {
  const { id } = await server.open({ agent: 'shell' })
  const { set, items, until, end } = follow(id)
  await set({ on: true, bodies })
  await server.prompt(id, `sh -c 'echo up; sleep 60; : ${SECRET}'`)
  const isUp = (item: InspectItem): boolean => item.type === 'step' && item.step.event.type === 'OUTPUT'
  const children = (): InspectedProcess[] =>
    items
      .slice(items.findIndex(isUp))
      .flatMap((item) => (item.type === 'processes' ? item.processes : []))
      .filter(({ role }) => role === 'child')
  await until(() => items.some(isUp) && children().length > 0)
  expect(children().map((child) => child.command)).toContainEqual(expect.stringMatching(command))
  expect(JSON.stringify(items).includes(SECRET)).toBe(bodies)
  await server.post(`/api/sessions/${id}/cancel`)
  await until(() => items.some((item) => item.type === 'step' && item.step.after.includes('session.idle')))
  await end()
})

test('whoever comes later is told what is kept; with the texts when that was asked for, and without what was before', async () => {
  const { id } = await server.open()
  const first = follow(id)
  await first.set({ on: true })
  await run(id, 'before')
  await first.set({ on: true, bodies: true })
  await run(id, script({ say: SECRET }))
  await first.until(() => isIdleAgain(first.steps()))
  const later = follow(id)
  await later.until(() => later.items.some(({ type }) => type === 'caught-up'))
  const [begun, ...rest] = later.items
  expect(begun).toMatchObject({ inspection: { on: true, bodies: true, firstSeq: 0 } })
  expect(later.steps()[0]).toMatchObject({ seq: 0, turn: 2, event: { type: 'PROMPT' } })
  expect(JSON.stringify(rest)).toContain(SECRET)

  expect(await later.set({ on: false })).toMatchObject({ on: false, nextSeq: 0 })
  await later.until(() => later.items.at(-1)!.type === 'inspection')
  const count = later.steps().length
  await run(id, 'after')
  await first.end()
  expect(later.steps()).toHaveLength(count)
  await later.end()
})

test('a session that is deleted ends the stream, and gives its place back', async () => {
  const ids = []
  for (let count = 0; count <= LIMITS.inspectedSessionsMax; count++) ids.push((await server.open()).id)
  const put = (id: string, on = true) => server.request('PUT', `/api/inspect?session=${id}`, { on })
  for (const id of ids.slice(1)) expect((await put(id)).status).toBe(200)
  // Anew: it has its place already.
  expect((await put(ids[1]!)).status).toBe(200)
  expect(await put(ids[0]!)).toMatchObject({ status: 409, body: { code: 'too_many_inspected' } })
  const { over, until, items } = follow(ids[1]!)
  const ended = expect(over).rejects.toMatchObject({ code: 'session_not_found' })
  await until(() => items.length > 0)
  await server.request('DELETE', `/api/sessions/${ids[1]}`)
  await ended
  expect((await put(ids[0]!)).status).toBe(200)
  for (const id of [ids[0]!, ...ids.slice(2)]) await put(id, false)
})

test.for([
  ['PUT', '?session=nobody', { on: true }, 404, 'session_not_found'],
  ['PUT', '', { on: true }, 400, 'bad_request'],
  ['PUT', '?session=SESSION', { on: 'yes' }, 400, 'bad_request'],
  ['PUT', '?session=SESSION', { on: true, everything: true }, 400, 'bad_request'],
  ['GET', '?session=nobody', undefined, 404, 'session_not_found'],
  ['GET', '', undefined, 400, 'bad_request'],
] as const)('%s %s %j is refused', async ([method, query, body, status, code]) => {
  const { id } = await server.open()
  const headers = method === 'GET' ? { accept: 'text/event-stream' } : {}
  const path = `/api/inspect${query.replace('SESSION', id)}`
  expect(await server.request(method, path, body, headers)).toMatchObject({ status, body: { code } })
})

test('who asks for no stream is told so', async () => {
  const { id } = await server.open()
  expect(await server.get(`/api/inspect?session=${id}`)).toMatchObject({ status: 406 })
})

test('that somebody watches is in the audit', async () => {
  const { id } = await server.open()
  await server.request('PUT', `/api/inspect?session=${id}`, { on: true, bodies: true })
  const { body } = await server.get('/api/audit')
  expect(body.records[0]).toMatchObject({ action: 'inspect', target: id, outcome: 'ok' })
})
