import { afterEach, expect, test, vi } from 'vitest'
import { type AttachStatus, attach } from '../../src/client/index.ts'
import { collect, collectToError, ids, isCaughtUp, isEvent } from './collecting.ts'
import { problem, scriptFetch, streamOf } from './scripted-fetch.ts'
import {
  answer,
  caughtUp,
  cursorOf,
  event,
  events,
  frame,
  honest,
  named,
  replay,
  type Script,
  startScriptedServer,
  stream,
  streamAndEnd,
} from './scripted-server.ts'

const url = 'http://server.test/api/sessions/ID/events'
const random = () => 0
const encode = (text: string) => new TextEncoder().encode(text)

afterEach(() => void vi.useRealTimers())

test('what was missed comes first, then caught-up, then what happens live', async () => {
  await using server = await startScriptedServer(honest(events(0, 2)))
  const items = await collect(attach(server.url), (item) => {
    if (isCaughtUp(item)) server.visits[0]!.response.write(frame(event(3)))
    return isEvent(3)(item)
  })
  expect(items).toEqual([
    ...events(0, 2).map((due) => ({ type: 'event', event: due })),
    { type: 'caught-up', lastEventId: 2, state: 'idle' },
    { type: 'event', event: event(3) },
  ])
})

test('a cursor that the caller brings along is sent, and only newer events come', async () => {
  await using server = await startScriptedServer(honest(events(0, 5)))
  const items = await collect(attach(server.url, { lastEventId: 3 }), isCaughtUp)
  expect(server.cursors()).toEqual(['3'])
  expect(ids(items)).toEqual([4, 5])
})

test('text that is still being written comes as partial items', async () => {
  const partial = { turn: 1, block: 2, kind: 'text', offset: 0, text: 'so f' }
  await using server = await startScriptedServer(stream(caughtUp(-1, 'running'), named('partial', partial)))
  const items = await collect(attach(server.url), (item) => item.type === 'partial')
  expect(items[1]).toEqual({ type: 'partial', ...partial })
})

test('frames with a name that is not known are skipped', async () => {
  const text = `${frame(event(0))}event: weather\nid: 7\ndata: rain\n\n${frame(event(1))}${caughtUp(1)}`
  await using server = await startScriptedServer(stream(text))
  const items = await collect(attach(server.url), isCaughtUp)
  expect(items.map(({ type }) => type)).toEqual(['event', 'event', 'caught-up'])
})

test('a second caught-up on one connection is dropped', async () => {
  await using server = await startScriptedServer(stream(caughtUp(-1), caughtUp(-1), frame(event(0))))
  const items = await collect(attach(server.url), isEvent(0))
  expect(items.map(({ type }) => type)).toEqual(['caught-up', 'event'])
})

const log = [event(0), event(1, 'naïve 🧯'), event(2, 'a\nb\r\nc'), event(3, '')]

/** Sends this much of the honest replay, then ends the stream properly. */
const endAfter =
  (bytes: number): Script =>
  (visit) =>
    streamAndEnd(encode(replay(log, cursorOf(visit))).subarray(0, bytes))(visit)

/** Sends this much, then drops the connection. */
const cutAfter =
  (bytes: number): Script =>
  (visit) => {
    stream()(visit)
    const part = encode(replay(log, cursorOf(visit))).subarray(0, bytes)
    visit.response.write(part, () => visit.response.destroy())
  }

test.each([
  ['ended', endAfter],
  ['cut', cutAfter],
])('a replay that is %s at any byte is resumed: every id comes once, in order', async (_, stopAfter) => {
  const length = encode(replay(log)).length
  for (let bytes = 0; bytes < length; bytes++) {
    await using server = await startScriptedServer(stopAfter(bytes), honest(log))
    const items = await collect(attach(server.url, { random }), isCaughtUp)
    expect(
      items.filter(({ type }) => type === 'event'),
      `after ${bytes} bytes`,
    ).toEqual(log.map((due) => ({ type: 'event', event: due })))
    expect(server.visits).toHaveLength(2)
  }
})

test('after a cut in the middle of a frame the cursor is that of the last whole one', async () => {
  const whole = encode(`retry: 1000\n\n${frame(log[0]!)}${frame(log[1]!)}`).length
  await using server = await startScriptedServer(endAfter(whole), endAfter(25), honest(log))
  const items = await collect(attach(server.url, { random }), isCaughtUp)
  expect(server.cursors()).toEqual([undefined, '1', '1'])
  expect(ids(items)).toEqual([0, 1, 2, 3])
})

test('events that were seen before are dropped', async () => {
  const again = [0, 1, 1, 0, 2, 1, 2, 3].map((id) => frame(event(id))).join('')
  await using server = await startScriptedServer(stream(again, caughtUp(3)))
  const items = await collect(attach(server.url), isCaughtUp)
  expect(ids(items)).toEqual([0, 1, 2, 3])
})

test('a gap in the ids breaks the connection, and the next one fills it', async () => {
  await using server = await startScriptedServer(
    stream(frame(event(0)), frame(event(2)), caughtUp(2)),
    honest(events(0, 2)),
  )
  const items = await collect(attach(server.url, { random }), isCaughtUp)
  expect(ids(items)).toEqual([0, 1, 2])
  expect(server.cursors()).toEqual([undefined, '0'])
  await server.visits[0]!.closed
})

test('a gap that is still there on the next connection ends the attachment', async () => {
  await using server = await startScriptedServer(
    stream(frame(event(0)), frame(event(2))),
    stream(caughtUp(0), frame(event(2))),
  )
  const { items, error } = await collectToError(attach(server.url, { random }))
  expect(ids(items)).toEqual([0])
  expect(error).toMatchObject({ status: 200, code: 'id_jumped', detail: 'event 2 came where 1 was due' })
  expect(server.visits).toHaveLength(2)
})

test('a gap at the same place a day later is worth another connection', async () => {
  let now = 0
  const broken = streamAndEnd(frame(event(0)) + frame(event(2)))
  await using server = await startScriptedServer(broken, broken, honest(events(0, 2)))
  const steadily = () => (now += 86_400_000)
  const items = await collect(attach(server.url, { random, now: steadily }), isCaughtUp)
  expect(ids(items)).toEqual([0, 1, 2])
})

test.each([
  ['no JSON', 'id: 0\ndata: {"id":0\n\n'],
  ['null', 'id: 0\ndata: null\n\n'],
  ['a list', 'id: 0\ndata: [0]\n\n'],
  ['another id', 'id: 0\ndata: {"id":1}\n\n'],
  ['no id', 'data: {"id":0}\n\n'],
  ['an id that is no number', 'id: 0x0\ndata: {"id":0}\n\n'],
  ['a caught-up without an object', 'event: caught-up\ndata: 7\n\n'],
])('a frame with %s breaks the connection, and ends the attachment when it comes again', async (_, text) => {
  await using server = await startScriptedServer(stream(text))
  const { items, error } = await collectToError(attach(server.url, { random }))
  expect(items).toEqual([])
  expect(error.code).toBe('bad_frame')
  expect(server.visits).toHaveLength(2)
})

test('after a reset the log begins again at 0', async () => {
  const reset = named('reset', { reason: 'ahead', lastEventId: 1 })
  await using server = await startScriptedServer(stream(reset, replay(events(0, 1))))
  const items = await collect(attach(server.url, { lastEventId: 9 }), isCaughtUp)
  expect(server.cursors()).toEqual(['9'])
  expect(items[0]).toEqual({ type: 'reset', reason: 'ahead', lastEventId: 1 })
  expect(ids(items)).toEqual([0, 1])
})

test('a cut right after a reset leaves no cursor', async () => {
  const reset = named('reset', { reason: 'ahead', lastEventId: 1 })
  await using server = await startScriptedServer(streamAndEnd(reset), honest(events(0, 1)))
  const items = await collect(attach(server.url, { lastEventId: 9, random }), isCaughtUp)
  expect(server.cursors()).toEqual(['9', undefined])
  expect(ids(items)).toEqual([0, 1])
})

test('a connection that goes silent is replaced, with the cursor', async () => {
  await using server = await startScriptedServer(stream(replay(events(0, 1))), honest(events(0, 2)))
  const items = await collect(attach(server.url, { idleTimeoutMs: 1_000, random }), isEvent(2))
  expect(ids(items)).toEqual([0, 1, 2])
  expect(server.cursors()).toEqual([undefined, '1'])
  await server.visits[0]!.closed
})

test('caught-up comes once for each connection', async () => {
  await using server = await startScriptedServer(streamAndEnd(replay(events(0, 0))), honest(events(0, 1)))
  const items = await collect(attach(server.url, { random }), isEvent(1))
  expect(items.map(({ type }) => type)).toEqual(['event', 'caught-up', 'event'])
})

test('a session that is deleted ends the stream, and the attachment with it', async () => {
  await using server = await startScriptedServer(
    streamAndEnd(replay(events(0, 1))),
    answer(404, { code: 'session_not_found' }),
  )
  const { items, error } = await collectToError(attach(server.url, { random }))
  expect(ids(items)).toEqual([0, 1])
  expect(error).toMatchObject({ status: 404, code: 'session_not_found' })
})

test('a server that is away for a while is found again', async () => {
  const refused = () => Promise.reject(new TypeError('fetch failed'))
  const { fetch } = scriptFetch(refused, refused, refused, () =>
    streamOf([encode(replay(events(0, 1)))], 'open'),
  )
  const items = await collect(attach(url, { fetch, random }), isCaughtUp)
  expect(ids(items)).toEqual([0, 1])
})

test('status tells where the attachment stands', async () => {
  await using server = await startScriptedServer(
    answer(503),
    streamAndEnd(replay(events(0, 1))),
    answer(502),
    honest(events(0, 2)),
  )
  const told: AttachStatus[] = []
  const onStatus = (status: AttachStatus) => void told.push(status)
  await collect(attach(server.url, { random: () => 0.001, onStatus }), isEvent(2))
  expect(
    told.map(({ state, lastEventId, attempt, retryInMs }) => [state, lastEventId, attempt, retryInMs]),
  ).toEqual([
    ['connecting', -1, 0, undefined],
    ['waiting', -1, 1, 1],
    ['connecting', -1, 1, undefined],
    ['replaying', -1, 1, undefined],
    ['live', 1, 1, undefined],
    ['connecting', 1, 0, undefined],
    ['waiting', 1, 1, 1],
    ['connecting', 1, 1, undefined],
    ['replaying', 1, 1, undefined],
  ])
  expect(String(told[1]!.error)).toContain('the server answered 503')
})

test.each([
  [
    'throws',
    () => {
      throw new Error('a bug in the page')
    },
  ],
  [
    'rejects',
    async () => {
      throw new Error('a bug in the page')
    },
  ],
])('a status listener that %s disturbs nothing', async (_, onStatus) => {
  await using server = await startScriptedServer(answer(503), honest(events(0, 1)))
  const items = await collect(attach(server.url, { random, onStatus }), isCaughtUp)
  expect(ids(items)).toEqual([0, 1])
})

test('the waits grow to thirty seconds and start anew once something was delivered', async () => {
  vi.useFakeTimers()
  const busy = () => problem(503, 'busy')
  const { fetch, calls } = scriptFetch(
    ...Array.from({ length: 7 }, () => busy),
    () => streamOf([encode(replay(events(0, 0)))]),
    busy,
    () => streamOf([encode(caughtUp(0))], 'open'),
  )
  const waits: (number | undefined)[] = []
  const onStatus = (status: AttachStatus) => void (status.state === 'waiting' && waits.push(status.retryInMs))
  const done = collect(attach(url, { fetch, random: () => 1, onStatus }), (_item, count) => count === 3)
  await vi.advanceTimersByTimeAsync(999)
  expect(calls).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(calls).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(200_000)
  expect(ids(await done)).toEqual([0])
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 1_000])
})

test('Retry-After is honoured up to thirty seconds', async () => {
  vi.useFakeTimers()
  const { fetch, calls } = scriptFetch(
    () => problem(429, 'slow_down', { 'Retry-After': '12' }),
    () => problem(503, 'later', { 'Retry-After': '3600' }),
    () => problem(410, 'session_deleted'),
  )
  const ended = collectToError(attach(url, { fetch, random }))
  await vi.advanceTimersByTimeAsync(11_999)
  expect(calls).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(calls).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(30_000)
  expect((await ended).error.code).toBe('session_deleted')
})

test('a server that greets and closes again and again is not asked in a hot loop', async () => {
  vi.useFakeTimers()
  const { fetch, calls } = scriptFetch(() => streamOf([encode(`retry: 1000\n\n${caughtUp(-1)}`)]))
  const stop = new AbortController()
  const done = collect(attach(url, { fetch, random: () => 0.5, signal: stop.signal }))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls.length).toBeLessThan(125)
  stop.abort()
  await done
})

test('an idle connection that lasted is replaced at once, every time', async () => {
  vi.useFakeTimers()
  const onStatus = vi.fn<(status: AttachStatus) => void>()
  const { fetch, calls } = scriptFetch(() => streamOf([encode(caughtUp(-1))], 'open'))
  const stop = new AbortController()
  const attachment = attach(url, { fetch, random: () => 1, onStatus, signal: stop.signal })
  const done = collect(attachment)
  await vi.advanceTimersByTimeAsync(4 * 45_000)
  expect(calls).toHaveLength(5)
  expect(onStatus.mock.calls.map(([{ state }]) => state)).not.toContain('waiting')
  stop.abort()
  await done
})
