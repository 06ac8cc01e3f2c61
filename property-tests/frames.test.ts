import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Event } from '../src/machines/events.ts'
import { encodeFrame, eventTexts, framesAfter } from '../src/runtime/log/frames.ts'
import { wellFormed } from './well-formed.ts'

/** Texts that mean something to SSE, among all others. */
const words = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('\n', '\r', 'id: 3', 'data: ', ':', '\0', 'event: x', '\u2028', ' ', '\uD800'))
    .map((parts) => parts.join('')),
)
const event = (id: number) =>
  words.map((text): Event => ({ kind: 'text', text, block: 0, turn: 1, id, at: '2026-11-22T10:00:00.000Z' }))
const log = fc
  .record({ first: fc.nat(1_000), count: fc.integer({ min: 1, max: 8 }) })
  .chain(({ first, count }) => fc.tuple(...Array.from({ length: count }, (_, index) => event(first + index))))

const segmentOf = (events: Event[]) => ({
  first: events[0]!.id,
  last: events.at(-1)!.id,
  frames: Buffer.from(events.map(encodeFrame).join('')),
})

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation, in the simplest way. */
const readAsClient = (frames: Buffer): { id: string; data: unknown }[] => {
  const read: { id: string; data: unknown }[] = []
  let id = ''
  let data: string[] = []
  for (const line of frames.toString('utf8').split(/\r\n|\r|\n/)) {
    if (line === '' && data.length > 0) read.push({ id, data: JSON.parse(data.join('\n')) })
    if (line === '') data = []
    const [, field, value] = /^([^:]*): ?(.*)$/s.exec(line) ?? []
    if (field === 'id') id = value!
    if (field === 'data') data.push(value!)
  }
  return read
}

test('a client reads from the frames exactly the events that were encoded, but for half a character', () => {
  fc.assert(
    fc.property(log, (events) => {
      expect(readAsClient(segmentOf(events).frames)).toEqual(
        events.map((event) => ({ id: String(event.id), data: wellFormed(event) })),
      )
    }),
  )
})

test('behind every cursor lie the frames of the events behind it, and their texts', () => {
  fc.assert(
    fc.property(log, fc.nat(), (events, pick) => {
      const after = events[0]!.id - 1 + (pick % events.length)
      const part = framesAfter(segmentOf(events), after)
      const rest = events.filter(({ id }) => id > after)
      expect(part).toEqual(segmentOf(rest))
      expect(eventTexts(part).map((text) => JSON.parse(text))).toEqual(wellFormed(rest))
    }),
  )
})
