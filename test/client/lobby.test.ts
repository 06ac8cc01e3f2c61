import { afterEach, expect, test, vi } from 'vitest'
import {
  createClient,
  createSessionList,
  type ListedSession,
  type Lobby,
  type LobbyItem,
  type StreamStatus,
} from '../../src/client/index.ts'
import { collect, collectToError } from './collecting.ts'
import { problem, scriptFetch, streamOf } from './scripted-fetch.ts'
import { answer, named, startScriptedServer, stream, streamAndEnd } from './scripted-server.ts'

afterEach(() => void vi.useRealTimers())

const random = () => 0
const encode = (text: string) => new TextEncoder().encode(text)

const session = (id: string, title = 'one') => ({ id, title }) as ListedSession
const told = (id: string, title?: string) => named('session', session(id, title))
const deleted = (id: string) => named('deleted', { id })
const caughtUp = named('caught-up', {})

const isCaughtUp = ({ type }: LobbyItem) => type === 'caught-up'
const enter = (
  origin: string,
  options: Parameters<ReturnType<typeof createClient>['lobby']>[0] = {},
): Lobby => createClient({ url: origin, token: 'secret' }).lobby({ random, ...options })

test('a connection begins a list; then come sessions, what is deleted, and caught-up', async () => {
  const text = `retry: 1000\n\n${told('a')}${caughtUp}: keepalive\n\n${deleted('a')}${named('weather', {})}${told('b')}`
  await using server = await startScriptedServer(stream(text))
  const items = await collect(enter(server.origin), (_, count) => count === 5)
  expect(items).toEqual([
    { type: 'list' },
    { type: 'session', session: session('a') },
    { type: 'caught-up' },
    { type: 'deleted', id: 'a' },
    { type: 'session', session: session('b') },
  ])
  const { url, headers } = server.visits[0]!.request
  expect(url).toBe('/api/events')
  expect(headers).toMatchObject({ accept: 'text/event-stream', authorization: 'Bearer secret' })
})

test('each connection begins anew, with no cursor', async () => {
  await using server = await startScriptedServer(
    streamAndEnd(told('a') + caughtUp),
    streamAndEnd(told('a', 'two')),
    stream(told('b') + caughtUp),
  )
  const items = await collect(enter(server.origin), (_, count) => count === 8)
  expect(items.map(({ type }) => type)).toEqual([
    ...['list', 'session', 'caught-up'],
    ...['list', 'session'],
    ...['list', 'session', 'caught-up'],
  ])
  expect(server.cursors()).toEqual([undefined, undefined, undefined])
})

test('reconnect() replaces a connection that looks open', async () => {
  await using server = await startScriptedServer(stream(caughtUp), stream(told('a') + caughtUp))
  const lobby = enter(server.origin, { random: () => 1 })
  const items = await collect(lobby, (item, count) => {
    if (isCaughtUp(item) && server.visits.length === 1) setImmediate(lobby.reconnect)
    return count === 5
  })
  expect(items.map(({ type }) => type)).toEqual(['list', 'caught-up', 'list', 'session', 'caught-up'])
  await server.visits[0]!.closed
})

test('leaving at the very beginning of a list closes the connection', async () => {
  await using server = await startScriptedServer(stream(caughtUp))
  expect(await collect(enter(server.origin), () => true)).toEqual([{ type: 'list' }])
  await server.visits[0]!.closed
})

test('status tells where it stands', async () => {
  await using server = await startScriptedServer(answer(503), stream(caughtUp))
  const statuses: StreamStatus[] = []
  const onStatus = (status: StreamStatus) => void statuses.push(status)
  await collect(enter(server.origin, { onStatus }), isCaughtUp)
  expect(statuses.map(({ state }) => state)).toEqual(['connecting', 'connecting', 'replaying', 'live'])
})

test('a refusal for good ends it', async () => {
  await using server = await startScriptedServer(answer(401, { code: 'unauthorized' }))
  const { items, error } = await collectToError(enter(server.origin))
  expect(items).toEqual([])
  expect(error).toMatchObject({ status: 401, code: 'unauthorized' })
})

test('a frame that cannot be read is worth one more connection, and another one after a good one', async () => {
  let now = 0
  const broken = streamAndEnd('event: session\ndata: 7\n\n')
  await using server = await startScriptedServer(
    broken,
    // It lasts.
    (visit) => {
      now += 86_400_000
      streamAndEnd(caughtUp)(visit)
    },
    broken,
    broken,
  )
  const { error } = await collectToError(enter(server.origin, { now: () => now }))
  expect(error.code).toBe('bad_frame')
  expect(server.visits).toHaveLength(4)
})

test('a server that lists and closes again and again is not asked in a hot loop', async () => {
  vi.useFakeTimers()
  const { fetch, calls } = scriptFetch(() => streamOf([encode(told('a') + caughtUp)]))
  const stop = new AbortController()
  const done = collect(enter('http://server.test', { fetch, random: () => 0.5, signal: stop.signal }))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls.length).toBeLessThan(125)
  stop.abort()
  await done
})

test('a lobby that is gone with its device ends when it connects again', async () => {
  const { fetch } = scriptFetch(
    () => streamOf([encode(caughtUp)], 'error'),
    () => problem(401, 'unauthorized'),
  )
  const { error } = await collectToError(enter('http://server.test', { fetch }))
  expect(error.status).toBe(401)
})

const item = {
  list: { type: 'list' } as const,
  session: (id: string, title?: string) => ({ type: 'session', session: session(id, title) }) as const,
  deleted: (id: string) => ({ type: 'deleted', id }) as const,
  caughtUp: { type: 'caught-up' } as const,
}

function listOf(...items: LobbyItem[]) {
  const list = createSessionList()
  for (const one of items) list.take(one)
  return {
    ids: [...list.sessions.keys()],
    titles: [...list.sessions.values()].map(({ title }) => title),
    list,
  }
}

test('a session list has the newest of each session, and none that is deleted', () => {
  const before = [item.list, item.session('a'), item.session('b'), item.caughtUp]
  const { ids, titles } = listOf(...before, item.session('a', 'two'), item.deleted('b'), item.deleted('c'))
  expect(ids).toEqual(['a'])
  expect(titles).toEqual(['two'])
})

test('what is not in a new list is there until that is complete, and gone then', () => {
  const before = [item.list, item.session('a'), item.session('b'), item.caughtUp, item.session('c')]
  const during = [...before, item.list, item.session('b', 'two')]
  expect(listOf(...during).ids).toEqual(['a', 'b', 'c'])
  expect(listOf(...during, item.caughtUp).ids).toEqual(['b'])
  // Cut off before it was complete, a list says nothing of what it did not come to.
  const cut = [...during, item.list, item.session('a'), item.caughtUp]
  expect(listOf(...cut).ids).toEqual(['a'])
})

test('a session list is complete from caught-up until the next connection', () => {
  expect(listOf().list.isComplete).toBe(false)
  expect(listOf(item.list, item.session('a')).list.isComplete).toBe(false)
  expect(listOf(item.list, item.caughtUp, item.session('a')).list.isComplete).toBe(true)
  expect(listOf(item.list, item.caughtUp, item.list).list.isComplete).toBe(false)
})
