import { getEventListeners } from 'node:events'
import { afterEach, expect, test, vi } from 'vitest'
import { type AttachStatus, attach } from '../../src/client/index.ts'
import { collect, ids, isCaughtUp, isEvent } from './collecting.ts'
import { problem, scriptFetch, streamOf } from './scripted-fetch.ts'
import {
  answer,
  caughtUp,
  event,
  events,
  frame,
  honest,
  replay,
  startScriptedServer,
  stream,
} from './scripted-server.ts'

afterEach(() => void vi.useRealTimers())

test.each([Number.NaN, 1.5, -2, Number.MAX_VALUE])('the cursor %d is refused at once', (lastEventId) => {
  expect(() => attach('http://server.test/', { lastEventId })).toThrow(RangeError)
})

test('a URL or token that can never work is refused at once', () => {
  expect(() => attach('::')).toThrow(TypeError)
  expect(() => attach('http://server.test/', { token: 'a\nb' })).toThrow(TypeError)
})

test('nothing is requested before the first item is asked for', async () => {
  await using server = await startScriptedServer(honest([]))
  const attachment = attach(server.url)
  attachment.reconnect()
  const items = attachment[Symbol.asyncIterator]()
  await items.return?.()
  expect(await items.next()).toEqual({ value: undefined, done: true })
  expect(server.visits).toEqual([])
})

test('leaving the loop closes the connection', async () => {
  await using server = await startScriptedServer(honest(events(0, 2)))
  await collect(attach(server.url), isEvent(1))
  await server.visits[0]!.closed
  expect(server.visits).toHaveLength(1)
})

test('an error of the consumer closes the connection', async () => {
  await using server = await startScriptedServer(honest(events(0, 2)))
  const consumer = collect(attach(server.url), () => {
    throw new Error('a bug in the consumer')
  })
  await expect(consumer).rejects.toThrow('a bug in the consumer')
  await server.visits[0]!.closed
})

test('return() ends a next() that waits for something to happen', async () => {
  await using server = await startScriptedServer(honest([]))
  const items = attach(server.url)[Symbol.asyncIterator]()
  expect((await items.next()).value).toMatchObject({ type: 'caught-up' })
  const waiting = items.next()
  await items.return?.()
  expect(await waiting).toEqual({ value: undefined, done: true })
  await server.visits[0]!.closed
})

test('a signal that is aborted already means no request', async () => {
  await using server = await startScriptedServer(honest([]))
  expect(await collect(attach(server.url, { signal: AbortSignal.abort() }))).toEqual([])
  expect(server.visits).toEqual([])
})

test('the signal ends a live attachment quietly and closes its connection', async () => {
  await using server = await startScriptedServer(honest(events(0, 1)))
  const stop = new AbortController()
  const items: string[] = []
  for await (const item of attach(server.url, { signal: stop.signal })) {
    items.push(item.type)
    if (isCaughtUp(item)) setImmediate(() => stop.abort())
  }
  expect(items).toEqual(['event', 'event', 'caught-up'])
  await server.visits[0]!.closed
})

test('nothing more comes once the signal is aborted', async () => {
  await using server = await startScriptedServer(honest(events(0, 9)))
  const stop = new AbortController()
  const seen: number[] = []
  for await (const item of attach(server.url, { signal: stop.signal })) {
    seen.push(...ids([item]))
    if (isEvent(2)(item)) stop.abort()
  }
  expect(seen).toEqual([0, 1, 2])
})

test('the signal ends an attachment that waits for an answer', async () => {
  await using server = await startScriptedServer(() => {})
  const stop = new AbortController()
  const done = collect(attach(server.url, { signal: stop.signal }))
  const { closed } = await server.visit(0)
  stop.abort()
  expect(await done).toEqual([])
  await closed
})

test('the signal ends an attachment that waits to connect again', async () => {
  await using server = await startScriptedServer(answer(503))
  const stop = new AbortController()
  const onStatus = ({ state }: AttachStatus) => void (state === 'waiting' && setImmediate(() => stop.abort()))
  const items = await collect(attach(server.url, { signal: stop.signal, onStatus, random: () => 1 }))
  expect(items).toEqual([])
  expect(server.visits).toHaveLength(1)
})

test('the signal ends an attachment quietly while it reads why it was refused', async () => {
  await using server = await startScriptedServer(({ response }) => {
    response.writeHead(401, { 'Content-Type': 'application/problem+json' })
    response.write('{"code":')
  })
  const stop = new AbortController()
  const fetchThenStop: typeof fetch = async (...request) => {
    const response = await fetch(...request)
    setImmediate(() => stop.abort())
    return response
  }
  const attachment = attach(server.url, { signal: stop.signal, fetch: fetchThenStop })
  expect(await collect(attachment)).toEqual([])
  await server.visits[0]!.closed
})

test('a signal aborted by the status listener ends the attachment before the request', async () => {
  await using server = await startScriptedServer(honest([]))
  const stop = new AbortController()
  const items = await collect(attach(server.url, { signal: stop.signal, onStatus: () => stop.abort() }))
  expect(items).toEqual([])
  expect(server.visits).toEqual([])
})

test('no timer is left behind when the signal ends a wait', async () => {
  vi.useFakeTimers()
  const { fetch } = scriptFetch(() => problem(503, 'busy'))
  const stop = new AbortController()
  const waiting = Promise.withResolvers<void>()
  const onStatus = ({ state }: AttachStatus) => void (state === 'waiting' && waiting.resolve())
  const done = collect(
    attach('http://server.test/', { fetch, onStatus, signal: stop.signal, random: () => 1 }),
  )
  await waiting.promise
  expect(vi.getTimerCount()).toBe(1)
  stop.abort()
  await done
  expect(vi.getTimerCount()).toBe(0)
})

test('a listener is not left on the signal after the end', async () => {
  await using server = await startScriptedServer(honest([]))
  const { signal } = new AbortController()
  const listeners = () => getEventListeners(signal, 'abort').length
  await collect(attach(server.url, { signal }), (item) => {
    expect(listeners()).toBe(1)
    return isCaughtUp(item)
  })
  expect(listeners()).toBe(0)
})

test('reconnect() replaces a connection that looks open', async () => {
  await using server = await startScriptedServer(stream(replay(events(0, 1))), honest(events(0, 3)))
  const attachment = attach(server.url, { random: () => 1 })
  const items = await collect(attachment, (item) => {
    if (isCaughtUp(item) && server.visits.length === 1) setImmediate(attachment.reconnect)
    return isEvent(3)(item)
  })
  expect(ids(items)).toEqual([0, 1, 2, 3])
  expect(server.cursors()).toEqual([undefined, '1'])
  await server.visits[0]!.closed
})

test('reconnect() ends the wait for the next connection', async () => {
  // Two whole waits would outlast the test.
  const busy = answer(503, '', { 'Retry-After': '30' })
  await using server = await startScriptedServer(busy, busy, honest(events(0, 1)))
  const attempts: number[] = []
  const attachment = attach(server.url, {
    onStatus: ({ state, attempt }) => {
      if (state !== 'waiting') return
      attempts.push(attempt)
      // Once within the callback, once out of it.
      if (attempts.length === 1) attachment.reconnect()
      else setImmediate(attachment.reconnect)
    },
  })
  expect(ids(await collect(attachment, isCaughtUp))).toEqual([0, 1])
  expect(attempts).toEqual([1, 1])
})

test('reconnect() replaces a request that nobody answers', async () => {
  await using server = await startScriptedServer(() => {}, honest(events(0, 1)))
  const attachment = attach(server.url, { random: () => 1 })
  const done = collect(attachment, isCaughtUp)
  const { closed } = await server.visit(0)
  attachment.reconnect()
  attachment.reconnect()
  expect(ids(await done)).toEqual([0, 1])
  await closed
  expect(server.visits).toHaveLength(2)
})

test('rest() closes the connection, and reconnect() makes one again, from where it was', async () => {
  await using server = await startScriptedServer(stream(frame(event(0)), caughtUp(0)), honest(events(0, 1)))
  const states: string[] = []
  const attachment = attach(server.url, {
    random: () => 0,
    onStatus: ({ state }) => {
      states.push(state)
      if (state === 'resting') attachment.reconnect()
    },
  })
  const items = await collect(attachment, (item) => {
    if (isCaughtUp(item) && server.visits.length === 1) attachment.rest()
    return isEvent(1)(item)
  })
  await server.visits[0]!.closed
  expect(ids(items)).toEqual([0, 1])
  expect(server.cursors()).toEqual([undefined, '0'])
  expect(states.slice(0, 5)).toEqual(['connecting', 'replaying', 'live', 'resting', 'connecting'])
})

test('an attachment that rests makes no connection, and ends when it is told to', async () => {
  await using server = await startScriptedServer(honest([]))
  const stop = new AbortController()
  const attachment = attach(server.url, {
    signal: stop.signal,
    onStatus: ({ state }) => void (state === 'resting' && setImmediate(() => stop.abort())),
  })
  attachment.rest()
  expect(await collect(attachment)).toEqual([])
  expect(server.visits).toEqual([])
})

test('reconnect() right behind rest() connects', async () => {
  await using server = await startScriptedServer(stream(caughtUp(-1)), honest([event(0)]))
  const attachment = attach(server.url, { random: () => 0 })
  const items = await collect(attachment, (item) => {
    if (isCaughtUp(item) && server.visits.length === 1) {
      attachment.rest()
      attachment.reconnect()
    }
    return isEvent(0)(item)
  })
  expect(ids(items)).toEqual([0])
})

test('what the clock of the server showed is told with the replay', async () => {
  const date = 'Sun, 22 Nov 2026 10:00:00 GMT'
  await using server = await startScriptedServer(({ response }) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', Date: date })
    response.write(caughtUp(-1))
  })
  const told: (number | undefined)[] = []
  const onStatus = ({ state, servedAt }: AttachStatus) => void (state === 'replaying' && told.push(servedAt))
  await collect(attach(server.url, { onStatus }), isCaughtUp)
  expect(told).toEqual([Date.parse(date)])
})

test('reconnect() forgets the failures so far', async () => {
  await using server = await startScriptedServer(answer(503), () => {}, answer(503), honest(events(0, 1)))
  const attempts: number[] = []
  const attachment = attach(server.url, {
    random: () => 0.001,
    onStatus: ({ state, attempt }) => void (state === 'waiting' && attempts.push(attempt)),
  })
  const done = collect(attachment, isCaughtUp)
  await server.visit(1)
  attachment.reconnect()
  await done
  expect(attempts).toEqual([1, 1])
})

test('whatever comes is heard, a keepalive too', async () => {
  const keepalive = new TextEncoder().encode(': keepalive\n\n')
  const { fetch } = scriptFetch(() => streamOf([keepalive, keepalive], 'open'))
  const stop = new AbortController()
  let heard = 0
  const onHeard = () => {
    if (++heard === 2) stop.abort()
    throw new Error('a bug in the page')
  }
  expect(await collect(attach('http://server.test/', { fetch, onHeard, signal: stop.signal }))).toEqual([])
  expect(heard).toBe(2)
})
