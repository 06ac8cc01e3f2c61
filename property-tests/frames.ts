/** Events as frames: what we write is what the standard, and a parser that others use, reads. */
import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Event, Partial } from '../src/machines/events.ts'
import { encodeFrame, encodePartial, eventTexts, framesAfter } from '../src/runtime/log/frames.ts'
import { chunks } from './chunks.ts'
import type { Property } from './runner/property.ts'
import { wellFormed } from './well-formed.ts'

/** Texts that mean something to SSE, among all others. */
const words = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('\n', '\r', 'id: 3', 'data: ', ':', '\0', 'event: x', '\u2028', ' ', '\uD800'))
    .map((parts) => parts.join('')),
)
/** What an agent wants to do is its own JSON, keys included. */
const said = fc.oneof(
  words.map((text) => ({ kind: 'text' as const, text, block: 0 })),
  fc
    .tuple(words, fc.oneof(fc.jsonValue(), fc.dictionary(words, words)))
    .map(([name, input]) => ({ kind: 'tool_use' as const, toolUseId: 'a', name, input })),
)
const event = (id: number) =>
  said.map((record): Event => ({ ...record, turn: 1, id, at: '2026-11-22T10:00:00.000Z' }))
const log = fc
  .record({ first: fc.nat(1_000), count: fc.integer({ min: 1, max: 8 }) })
  .chain(({ first, count }) => fc.tuple(...Array.from({ length: count }, (_, index) => event(first + index))))

const segmentOf = (events: Event[]) => ({
  first: events[0]!.id,
  last: events.at(-1)!.id,
  frames: Buffer.from(events.map(encodeFrame).join('')),
})

type Read = { id: string | undefined; event: string | undefined; data: unknown }

/** What a parser that is not ours makes of the bytes as they arrive. */
function readByOracle(arriving: Uint8Array[]): Read[] {
  const read: Read[] = []
  const parser = createParser({
    onEvent: ({ id, event, data }) => read.push({ id, event, data: JSON.parse(data) }),
    onError: (error) => {
      throw error
    },
  })
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for (const chunk of arriving) parser.feed(decoder.decode(chunk, { stream: true }))
  return read
}

const partial = fc.record<Partial>({
  ...{ turn: fc.nat(), block: fc.nat(), kind: fc.constantFrom('text', 'thinking'), offset: fc.nat() },
  text: words,
})
/** What comes between events: it has no id, and must not take one. */
const between = fc.oneof(
  partial.map((said) => ({
    frame: encodePartial(said).toString(),
    read: [{ id: undefined, event: 'partial', data: wellFormed(said) }],
  })),
  fc.constantFrom(': keepalive\n\n', 'retry: 1000\n\n').map((frame) => ({ frame, read: [] as Read[] })),
)

export const framesReadBack: Property = {
  name: 'frames-read-back',
  title:
    'in whatever chunks they come, another parser reads exactly what was encoded, but for half a character',
  runs: 1_000,
  open: () => ({
    check: fc.property(log, fc.array(between, { maxLength: 8 }), chunks, (events, others, chunk) => {
      const said = events.flatMap((event, index) => [
        {
          frame: encodeFrame(event),
          read: [{ id: String(event.id), event: undefined, data: wellFormed(event) }],
        },
        ...others.slice(index, index + 1),
      ])
      const bytes = Buffer.from(said.map(({ frame }) => frame).join(''))
      expect(readByOracle(chunk(bytes))).toEqual(said.flatMap(({ read }) => read))
    }),
  }),
}

export const framesBehindCursor: Property = {
  name: 'frames-behind-cursor',
  title: 'behind every cursor lie the frames of the events behind it, and their texts',
  runs: 500,
  open: () => ({
    check: fc.property(log, fc.nat(), (events, pick) => {
      const after = events[0]!.id - 1 + (pick % events.length)
      const part = framesAfter(segmentOf(events), after)
      const rest = events.filter(({ id }) => id > after)
      expect(part).toEqual(segmentOf(rest))
      expect(eventTexts(part).map((text) => JSON.parse(text))).toEqual(wellFormed(rest))
    }),
  }),
}
