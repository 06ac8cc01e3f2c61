import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AttachError, type AttachItem, attach } from '../../src/client/index.ts'
import type { Event } from '../../src/machines/events.ts'
import { collect, collectToError, ids } from './collecting.ts'
import { problem, scriptFetch, streamOf } from './scripted-fetch.ts'
import { caughtUp, event, frame, named } from './scripted-server.ts'

const url = 'http://server.test/api/sessions/ID/events'
const random = () => 0
const gone = () => problem(404, 'session_not_found')

const textArbitrary = fc.string({ unit: 'binary', maxLength: 40 })
const sizesArbitrary = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 40 })

/** Cuts bytes into chunks of these sizes, over and over; a size of 0 is an empty chunk. */
function chunk(bytes: Uint8Array, sizes: number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, index = 0; at < bytes.length; index++) {
    // At least one of all sizes must move on.
    const size = sizes[index % sizes.length]! || (index % sizes.length === 0 ? 1 : 0)
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

type Step = { text: string; item?: AttachItem }

/** What a server may say, and what is to be heard of it. Events are numbered as they stand in the list. */
const stepArbitrary: fc.Arbitrary<(id: number) => Step & { isEvent?: true }> = fc.oneof(
  textArbitrary.map((text) => (id: number) => ({
    text: frame(event(id, text)),
    item: { type: 'event', event: event(id, text) } as const,
    isEvent: true as const,
  })),
  textArbitrary.map((text) => () => {
    const partial = { turn: 1, block: 0, kind: 'text', offset: 0, text } as const
    return { text: named('partial', partial), item: { type: 'partial', ...partial } as const }
  }),
  fc
    .constantFrom(': keepalive\n\n', ':\n', '\n\n', 'retry: 1000\n\n', 'event: weather\ndata: rain\n\n')
    .map((text) => () => ({ text })),
)

const stepsArbitrary = fc.array(stepArbitrary, { maxLength: 25 }).map((makers) => {
  let id = 0
  return makers.map((make) => {
    const step = make(id)
    if (step.isEvent) id++
    return step
  })
})

test('however a stream is chunked and its lines end, the same items come', async () => {
  await fc.assert(
    fc.asyncProperty(
      stepsArbitrary,
      sizesArbitrary,
      fc.constantFrom('\n', '\r\n', '\r'),
      async (steps, sizes, end) => {
        const text = steps.map((step) => step.text).join('') + caughtUp(0)
        const bytes = new TextEncoder().encode(text.replaceAll('\n', end))
        // A last CR may be half of a CRLF; the parser knows its line is over either way.
        const { fetch } = scriptFetch(() => streamOf(chunk(bytes, sizes)), gone)
        const { items, error } = await collectToError(attach(url, { fetch, random }))
        expect(error.status).toBe(404)
        expect(items).toEqual([
          ...steps.flatMap(({ item }) => (item ? [item] : [])),
          { type: 'caught-up', lastEventId: 0, state: 'idle' },
        ])
      },
    ),
    { numRuns: 300 },
  )
})

test('however often and wherever a stream is cut, every event comes once and in order', async () => {
  const cutArbitrary = fc.record({
    bytes: fc.nat({ max: 2_000 }),
    ending: fc.constantFrom('end' as const, 'error' as const),
    /** How many events before the cursor the server repeats. */
    overlap: fc.nat({ max: 3 }),
    sizes: sizesArbitrary,
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(textArbitrary, { maxLength: 20 }),
      fc.array(cutArbitrary, { maxLength: 10 }),
      async (texts, cuts) => {
        const log: Event[] = texts.map((text, id) => event(id, text))
        const replayBytes = (cursor: number) =>
          new TextEncoder().encode(
            log
              .slice(cursor + 1)
              .map(frame)
              .join('') + caughtUp(log.length - 1),
          )
        const { fetch } = scriptFetch(
          ...cuts.map(({ bytes, ending, overlap, sizes }) => ({ cursor }: { cursor: number }) => {
            const from = Math.max(-1, cursor - overlap)
            return streamOf(chunk(replayBytes(from).subarray(0, bytes), sizes), ending)
          }),
          ({ cursor }) => streamOf([replayBytes(cursor)]),
          gone,
        )
        const { items, error } = await collectToError(attach(url, { fetch, random }))
        expect(error.status).toBe(404)
        expect(items.flatMap((item) => (item.type === 'event' ? [item.event] : []))).toEqual(log)
        expect(items.at(-1)?.type).toBe('caught-up')
      },
    ),
    { numRuns: 300 },
  )
})

test('whatever a server sends, ids come without a gap and the end is a typed error', async () => {
  const anything = fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 5 }).map((id) => frame(event(id))) },
    fc.constant(named('reset', { reason: 'ahead', lastEventId: 0 })),
    fc.constant(caughtUp(0)),
    textArbitrary,
    textArbitrary.map((text) => `data: ${text}\n\n`),
    fc.json().map((json) => named('partial', json)),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anything, { maxLength: 15 }), { maxLength: 6 }),
      sizesArbitrary,
      async (connections, sizes) => {
        const { fetch } = scriptFetch(
          ...connections.map((frames) => () => {
            const bytes = new TextEncoder().encode(frames.join(''))
            return streamOf(chunk(bytes, sizes))
          }),
          gone,
        )
        const { items, error } = await collectToError(attach(url, { fetch, random }))
        expect(error).toBeInstanceOf(AttachError)
        let due = 0
        for (const item of items) {
          if (item.type === 'reset') due = 0
          if (item.type === 'event') expect(item.event.id).toBe(due++)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('an abort at any item ends the attachment right there', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 10 }), sizesArbitrary, async (count, sizes) => {
      const log = Array.from({ length: 10 }, (_, id) => event(id))
      const bytes = new TextEncoder().encode(log.map(frame).join(''))
      const { fetch } = scriptFetch(() => streamOf(chunk(bytes, sizes), 'open'))
      const stop = new AbortController()
      const items = await collect(attach(url, { fetch, signal: stop.signal }), (_item, collected) => {
        if (collected === count) stop.abort()
        return false
      })
      expect(ids(items)).toEqual(log.slice(0, count).map(({ id }) => id))
    }),
  )
})
