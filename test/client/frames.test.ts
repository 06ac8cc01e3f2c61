import { afterEach, expect, test, vi } from 'vitest'
import { readFrames } from '../../src/client/frames.ts'
import { attach } from '../../src/client/index.ts'
import { collect, collectToError, ids, isCaughtUp } from './collecting.ts'
import { eventStream, scriptFetch, streamOf } from './scripted-fetch.ts'
import { caughtUp, event, events, frame, replay, startScriptedServer, stream } from './scripted-server.ts'

const url = 'http://server.test/api/sessions/ID/events'
const encode = (text: string) => new TextEncoder().encode(text)
const bytesOf = (text: string) => Array.from(encode(text), (byte) => Uint8Array.of(byte))

afterEach(() => void vi.useRealTimers())

test('frames that end lines with CRLF are read like those that end them with LF', async () => {
  const text = replay(events(0, 3)).replaceAll('\n', '\r\n')
  for (const chunks of [[encode(text)], bytesOf(text)]) {
    const { fetch } = scriptFetch(() => streamOf(chunks))
    const items = await collect(attach(url, { fetch }), isCaughtUp)
    expect(ids(items)).toEqual([0, 1, 2, 3])
  }
})

test('a character that is split across chunks arrives whole', async () => {
  const text = 'naïve — 日本語 — 🧯'
  const chunks = bytesOf(frame(event(0, text)) + caughtUp(0))
  await using server = await startScriptedServer(stream(...chunks))
  const items = await collect(attach(server.url), isCaughtUp)
  expect(items[0]).toEqual({ type: 'event', event: event(0, text) })
})

test('comments and frames without data yield nothing', async () => {
  const text = `: hello\n\n: a comment\n${frame(event(0))}event: caught-up\n\n:\n\n${caughtUp(0)}`
  const { fetch } = scriptFetch(() => streamOf([encode(text)]))
  const items = await collect(attach(url, { fetch }), isCaughtUp)
  expect(items).toEqual([
    { type: 'event', event: event(0) },
    { type: 'caught-up', lastEventId: 0, state: 'idle' },
  ])
})

test('a frame without an end is given up once it exceeds its bound', async () => {
  let chunksSent = 0
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(encode(chunksSent++ === 0 ? 'id: 0\ndata: ' : 'x'.repeat(1_000)))
      },
    })
  const { fetch, calls } = scriptFetch(() => eventStream(endless()))
  const { error, items } = await collectToError(attach(url, { fetch, frameBytesMax: 10_000 }))
  expect(error.code).toBe('frame_too_large')
  expect(items).toEqual([])
  expect(chunksSent).toBeLessThan(15)
  expect(calls).toHaveLength(1)
})

test('a frame of ten thousand empty lines of data counts against the bound too', async () => {
  const chunks = Array.from({ length: 100 }, () => encode('data\n'.repeat(100)))
  const { fetch } = scriptFetch(() => streamOf(chunks, 'open'))
  const { error } = await collectToError(attach(url, { fetch, frameBytesMax: 10_000 }))
  expect(error.code).toBe('frame_too_large')
})

test('any number of keepalives fits under the bound on a frame', async () => {
  const keepalives = Array.from({ length: 1_000 }, () => encode(': keepalive\n\n'))
  const { fetch } = scriptFetch(() => streamOf([...keepalives, encode(caughtUp(-1))]))
  const items = await collect(attach(url, { fetch, frameBytesMax: 1_000 }), isCaughtUp)
  expect(items).toHaveLength(1)
})

test('a keepalive resets the clock that finds a dead connection', async () => {
  vi.useFakeTimers()
  let send = (_text: string) => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      send = (text) => controller.enqueue(encode(text))
    },
  })
  const round = new AbortController()
  const frames = readFrames(body, { idleTimeoutMs: 45_000, frameBytesMax: 1_000 }, round)
  for (let count = 0; count < 3; count++) {
    const next = frames.next()
    await vi.advanceTimersByTimeAsync(44_999)
    send(': keepalive\n\n')
    expect(await next).toEqual({ value: [], done: false })
  }
  const silence = frames.next()
  silence.catch(() => {})
  await vi.advanceTimersByTimeAsync(44_999)
  expect(round.signal.aborted).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  await expect(silence).rejects.toThrow('no byte for 45000 ms')
})

test('the clock stands still while the consumer is busy', async () => {
  vi.useFakeTimers()
  const { fetch, calls } = scriptFetch(() =>
    streamOf([encode(frame(event(0))), encode(frame(event(1)) + caughtUp(1))], 'open'),
  )
  const seen = await collect(attach(url, { fetch, idleTimeoutMs: 1_000 }), (item) => {
    vi.advanceTimersByTime(3_600_000)
    return isCaughtUp(item)
  })
  expect(ids(seen)).toEqual([0, 1])
  expect(calls).toHaveLength(1)
})

test('no more is read than the consumer asks for', async () => {
  let pulls = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(encode(frame(event(pulls++))))
      },
    },
    { highWaterMark: 0 },
  )
  const { fetch } = scriptFetch(() => eventStream(body))
  const seen: number[] = []
  for await (const item of attach(url, { fetch })) {
    seen.push(...ids([item]))
    expect(pulls).toBe(seen.length)
    if (seen.length === 100) break
  }
})
