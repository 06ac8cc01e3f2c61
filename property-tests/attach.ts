/** The client attached to a server that says anything, on a network that cuts anywhere. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { AttachError, type AttachItem, attach } from '../src/client/index.ts'
import type { Event } from '../src/machines/events.ts'
import { collect, collectToError, ids } from '../test/client/collecting.ts'
import { problem, scriptFetch, streamOf } from '../test/client/scripted-fetch.ts'
import { caughtUp, event, frame, named } from '../test/client/scripted-server.ts'
import { chunks } from './chunks.ts'
import type { Property } from './runner/property.ts'

const url = 'http://server.test/api/sessions/ID/events'
const random = () => 0
const gone = () => problem(404, 'session_not_found')

const textArbitrary = fc.string({ unit: 'binary', maxLength: 40 })

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

export const attachChunked: Property = {
  name: 'attach-chunked',
  title: 'however a stream is chunked and its lines end, the same items come',
  runs: 300,
  open: () => ({
    check: fc.asyncProperty(
      stepsArbitrary,
      chunks,
      fc.constantFrom('\n', '\r\n', '\r'),
      async (steps, chunk, end) => {
        const text = steps.map((step) => step.text).join('') + caughtUp(0)
        const bytes = new TextEncoder().encode(text.replaceAll('\n', end))
        // A last CR may be half of a CRLF; the parser knows its line is over either way.
        const { fetch } = scriptFetch(() => streamOf(chunk(bytes)), gone)
        const { items, error } = await collectToError(attach(url, { fetch, random }))
        expect(error.status).toBe(404)
        expect(items).toEqual([
          ...steps.flatMap(({ item }) => (item ? [item] : [])),
          { type: 'caught-up', lastEventId: 0, state: 'idle' },
        ])
      },
    ),
  }),
}

const cutArbitrary = fc.record({
  bytes: fc.nat({ max: 2_000 }),
  ending: fc.constantFrom('end' as const, 'error' as const),
  /** How many events before the cursor the server repeats. */
  overlap: fc.nat({ max: 3 }),
  chunk: chunks,
})
export const attachCut: Property = {
  name: 'attach-cut',
  title: 'however often and wherever a stream is cut, every event comes once and in order',
  runs: 300,
  open: () => ({
    check: fc.asyncProperty(
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
          ...cuts.map(({ bytes, ending, overlap, chunk }) => ({ cursor }: { cursor: number }) => {
            const from = Math.max(-1, cursor - overlap)
            return streamOf(chunk(replayBytes(from).subarray(0, bytes)), ending)
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
  }),
}

const anything = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 5 }).map((id) => frame(event(id))) },
  fc.constant(named('reset', { reason: 'ahead', lastEventId: 0 })),
  fc.constant(caughtUp(0)),
  textArbitrary,
  textArbitrary.map((text) => `data: ${text}\n\n`),
  fc.json().map((json) => named('partial', json)),
)
export const attachAnything: Property = {
  name: 'attach-anything',
  title: 'whatever a server sends, ids come without a gap and the end is a typed error',
  runs: 300,
  open: () => ({
    check: fc.asyncProperty(
      fc.array(fc.array(anything, { maxLength: 15 }), { maxLength: 6 }),
      chunks,
      async (connections, chunk) => {
        const { fetch } = scriptFetch(
          ...connections.map((frames) => () => {
            const bytes = new TextEncoder().encode(frames.join(''))
            return streamOf(chunk(bytes))
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
  }),
}

export const attachAborted: Property = {
  name: 'attach-aborted',
  title: 'an abort at any item ends the attachment right there',
  runs: 100,
  open: () => ({
    check: fc.asyncProperty(fc.integer({ min: 1, max: 10 }), chunks, async (count, chunk) => {
      const log = Array.from({ length: 10 }, (_, id) => event(id))
      const bytes = new TextEncoder().encode(log.map(frame).join(''))
      const { fetch } = scriptFetch(() => streamOf(chunk(bytes), 'open'))
      const stop = new AbortController()
      const items = await collect(attach(url, { fetch, signal: stop.signal }), (_item, collected) => {
        if (collected === count) stop.abort()
        return false
      })
      expect(ids(items)).toEqual(log.slice(0, count).map(({ id }) => id))
    }),
  }),
}
