/** The lobby of a real server: what is on the wire, how often, and that a reader ends up with what the list says. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createClient,
  createSessionList,
  type ListedSession as Listed,
  type SessionList,
} from '../../src/client/index.ts'
import { ListedSession } from '../../src/http/schemas.ts'
import type { Session } from '../../src/machines/events.ts'
import { listSession } from '../../src/runtime/session-view.ts'
import { isCaughtUp, readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { findSteadyPort } from '../support/steady-port.ts'
import { until } from '../support/until.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer({
    BREAKGLASS_KEEPALIVE_S: '0.2',
    BREAKGLASS_PORT: String(await findSteadyPort()),
  })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const read = (options: Partial<Parameters<typeof readStream>[1]> = {}) =>
  readStream(`${server.url}/api/events`, { token: server.token(), ...options })
const listed = async (): Promise<Listed[]> =>
  (await server.get('/api/sessions')).body.sessions.map((session: Session) => listSession(session))
const byId = (sessions: Iterable<Listed>) => [...sessions].sort((a, b) => (a.id < b.id ? -1 : 1))

/** A reader that stays: what it has, and how it is cut off. */
function enter() {
  const list = createSessionList()
  const stop = new AbortController()
  const lobby = createClient({ url: server.url, token: server.token() }).lobby({ signal: stop.signal })
  const told: Listed[] = []
  const ended = (async () => {
    for await (const item of lobby) {
      list.take(item)
      if (item.type === 'session') told.push(item.session)
    }
  })()
  const leave = (): Promise<void> => {
    stop.abort()
    return ended
  }
  return { list, told, leave, reconnect: lobby.reconnect }
}

const caughtUp = (list: SessionList) => until(() => expect(list.isComplete).toBe(true))
/** Until the reader has all that the list says, which nothing changes any more. */
const settled = (list: SessionList) =>
  until(async () => {
    expect(list.isComplete).toBe(true)
    expect(byId(list.sessions.values())).toEqual(byId(await listed()))
  })

describe('the lobby', () => {
  it('says what the contract says on the wire', async () => {
    await server.open({ agent: 'claude', title: 'disk full' })
    await server.open()
    const { status, headers, frames, text } = await read({ until: isCaughtUp })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
    expect(text).toMatch(/^retry: 1000\n\nevent: session\ndata: \{"id":"/)
    expect(text).not.toContain('\r')
    expect(frames.filter(({ event }) => event === 'session').map(({ data }) => data)).toEqual(await listed())
    expect(frames.at(-1)).toEqual({ event: 'caught-up', data: {} })
    const [first] = frames.filter(({ event }) => event === 'session')
    expect(Object.keys(first!.data).sort()).toEqual(Object.keys(ListedSession.properties).sort())
    expect(frames.every(({ id }) => id === undefined)).toBe(true)
  })

  it('is a stream alone', async () => {
    for (const accept of ['*/*', 'application/json', 'text/html'])
      expect(await server.get('/api/events', { accept })).toMatchObject({
        ...{ status: 406, body: { code: 'not_acceptable' } },
      })
  })

  it('keeps a quiet connection warm, and is counted among the streams', async () => {
    const streams = async () => /^breakglass_streams (\d+)$/m.exec((await server.get('/metrics')).body)![1]
    await until(async () => expect(await streams()).toBe('0'))
    let open: string | undefined
    const { frames } = await read({
      until: ({ comment }) => comment !== undefined,
      onFrame: (frame) => isCaughtUp(frame) && void streams().then((count) => (open = count)),
    })
    expect(frames.at(-1)).toEqual({ comment: 'keepalive' })
    expect(open).toBe('1')
    await until(async () => expect(await streams()).toBe('0'))
  })

  it('tells of what is opened, edited, prompted, asked, answered and deleted', async () => {
    const { list, leave } = enter()
    await caughtUp(list)
    const { id } = await server.open()
    const becomes = (expected: object) => until(() => expect(list.sessions.get(id)).toMatchObject(expected))
    await becomes({ state: 'idle', title: 'New session', lastLine: null })
    await server.request('PATCH', `/api/sessions/${id}`, { title: 'disk full', archived: true })
    await becomes({ title: 'disk full', archived: true })
    await server.prompt(id, script({ say: 'one\ntwo' }, { ask: [{ id: 'q' }] }, { say: 'so' }))
    await becomes({ state: 'running', lastLine: { text: 'two' }, waiting: { prompts: 0, approvals: 1 } })
    await server.prompt(id, 'later', { whenBusy: 'queue' })
    await becomes({ waiting: { prompts: 1, approvals: 1 } })
    await server.post(`/api/sessions/${id}/approvals/q`, { decision: 'allow' })
    await becomes({ state: 'idle', turn: 2, lastLine: { kind: 'text', text: 'later' }, lastEventId: 17 })
    await server.request('DELETE', `/api/sessions/${id}`)
    await until(() => expect(list.sessions.has(id)).toBe(false))
    await leave()
  })

  it('tells of a session that talks a few times a second, and of its last word', async () => {
    const { id } = await server.open()
    const { list, told, leave } = enter()
    await caughtUp(list)
    await server.prompt(id, script({ drip: [300, 5] }))
    const { frames } = await untilTurnEnd(server.eventsUrl(id), server.token())
    await settled(list)
    const seconds = (Date.parse(frames.at(-1)!.data.at) - Date.parse(frames[1]!.data.at)) / 1_000
    const count = told.filter((session) => session.id === id).length
    // Two a second, besides the list, the beginning and the end.
    expect(count).toBeLessThanOrEqual(2 * seconds + 5)
    expect(count).toBeGreaterThanOrEqual(seconds)
    expect(list.sessions.get(id)).toMatchObject({ state: 'idle', lastLine: { text: 'line 299' } })
    await leave()
  })

  it('misses nothing between list and tail: whenever a reader comes, it ends up with what the list says', async () => {
    const readers: ReturnType<typeof enter>[] = []
    const lives = Array.from({ length: 8 }, async (_, number) => {
      const { id } = await server.open()
      readers.push(enter())
      await server.prompt(id, script({ lines: 20 }))
      readers[number]!.reconnect()
      await server.request('PATCH', `/api/sessions/${id}`, { title: `number ${number}` })
      readers.push(enter())
      await untilTurnEnd(server.eventsUrl(id), server.token())
      if (number % 2 === 0) await server.request('DELETE', `/api/sessions/${id}`)
      readers.push(enter())
    })
    await Promise.all(lives)
    expect(readers).toHaveLength(24)
    for (const { list } of readers) await settled(list)
    await Promise.all(readers.map(({ leave }) => leave()))
  })

  it('shows a queue that is held as the session itself does', async () => {
    const { list, leave } = enter()
    const { id } = await server.open()
    await server.prompt(id, script({ hang: true }))
    await server.prompt(id, 'later', { whenBusy: 'queue' })
    await server.post(`/api/sessions/${id}/cancel`)
    await untilTurnEnd(server.eventsUrl(id), server.token())
    await settled(list)
    expect(list.sessions.get(id)).toMatchObject({ queueHeld: 'cancelled', waiting: { prompts: 1 } })
    await leave()
  })

  it('comes back after a crash in the middle of a turn, with what became of it and without what is gone', async () => {
    const { list, leave, reconnect } = enter()
    const { id } = await server.open()
    const gone = await server.open()
    await settled(list)
    const gate = join(server.dataDir, `gate-${id}`)
    await server.prompt(id, script({ say: 'before' }, { await: gate }, { say: 'after' }))
    await until(() => expect(list.sessions.get(id)?.lastLine?.text).toBe('before'))
    await server.kill()
    await server.start()
    await server.request('DELETE', `/api/sessions/${gone.id}`)
    writeFileSync(gate, '')
    await untilTurnEnd(server.eventsUrl(id), server.token())
    reconnect()
    await settled(list)
    expect(list.sessions.get(id)).toMatchObject({ state: 'idle', lastLine: { text: 'after' } })
    await leave()
  })

  it('ends when the server stops, which it does not hold up', async () => {
    const begun = Promise.withResolvers<void>()
    const stream = read({ onFrame: (frame) => isCaughtUp(frame) && begun.resolve() })
    await begun.promise
    expect(await server.stop()).toBe(0)
    expect((await stream).status).toBe(200)
    await server.start()
  })
})
