/** What claude prints, damaged: the adapter reads on, and says only what a client can read. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { OutputRecord } from '../src/machines/events.ts'
import { createClaudeAgent } from '../src/runtime/agents/claude.ts'
import { encodeFrame, eventTexts } from '../src/runtime/log/frames.ts'
import type { Line } from '../src/runtime/process/splitter.ts'
import { expectShape } from '../test/runtime/agents/record-shape.ts'
import { linesOf, recordedLines, recordings } from '../test/runtime/agents/recordings.ts'
import { replacePart } from './replace-part.ts'
import type { Property } from './runner/property.ts'
import { wellFormed } from './well-formed.ts'

const claude = createClaudeAgent('claude')
const lines = recordings.flatMap((name) => recordedLines(name).map((line) => line.text))
const written = lines.filter((text) => text.includes('stream_event') || text.includes('"assistant"'))
// Those of what is being written more often: they depend on each other.
const recorded = fc.oneof(fc.constantFrom(...lines), fc.constantFrom(...written))

const strange = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, -1, 1e308, -0, '', [], {}, [null], [[]], '\uD800', 'result', 'tool_result', 'text'),
)
const line: fc.Arbitrary<string> = fc.oneof(
  recorded,
  // A line that a crash or a second writer tore.
  fc.tuple(recorded, fc.nat(), fc.nat()).map(([text, a, b]) => text.slice(a % text.length, b % text.length)),
  fc.tuple(recorded, fc.nat(), fc.string()).map(([text, at, other]) => {
    const cut = at % text.length
    return (text.slice(0, cut) + other + text.slice(cut)).replaceAll('\n', ' ')
  }),
  // A message of another version.
  fc
    .tuple(recorded, fc.array(fc.nat(30), { maxLength: 6 }), strange)
    .map(([text, path, by]) => JSON.stringify(replacePart(JSON.parse(text), path, by))),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')),
)
const output = fc.array(line, { maxLength: 12 })

/** Translates in batches of these sizes, the state going through JSON as it does between two servers. */
function translate(input: Line[], batches: number[]) {
  let state = claude.begin()
  const records: OutputRecord[] = []
  let rest = input
  for (const size of [...batches, input.length]) {
    const part = claude.translate(state, rest.slice(0, size))
    state = JSON.parse(JSON.stringify(part.state))
    records.push(...part.records)
    rest = rest.slice(size)
  }
  return { state, records }
}

export const claudeDamaged: Property = {
  name: 'claude-damaged',
  title: 'no output, however damaged, makes the adapter throw or say what no client could read',
  runs: 1_000,
  open: () => ({
    check: fc.property(output, fc.constantFrom(20, 300, 1_000_000), (texts, lineBytesMax) => {
      const { records, state } = translate(linesOf(texts.join('\n'), lineBytesMax), [])
      for (const { block, kind, text } of claude.partials(state)) {
        expect(Number.isSafeInteger(block) && block >= 0).toBe(true)
        expect(['text', 'thinking']).toContain(kind)
        expect(text).not.toBe('')
      }
      for (const record of records) {
        expectShape(record)
        const event = { ...record, id: 0, at: '', turn: 1 }
        const frames = Buffer.from(encodeFrame(event))
        expect(JSON.parse(eventTexts({ first: 0, last: 0, frames })[0]!)).toEqual(wellFormed(event))
      }
    }),
  }),
}

const writing = fc.tuple(fc.array(fc.nat(5), { maxLength: 6 }), strange).map(([path, by]) => {
  const block = { index: 0, kind: 'text', block: 0, text: 'a' }
  return replacePart([{ speaker: '', id: 'm', blocks: [block] }], path, by)
})
export const claudeDamagedState: Property = {
  name: 'claude-damaged-state',
  title: 'no stored state, however damaged, makes the adapter throw',
  runs: 300,
  open: () => ({
    check: fc.property(output, writing, fc.jsonValue(), (texts, writing, block) => {
      const before = { ...claude.begin(), writing, block }
      const { state } = claude.translate(before, linesOf(texts.join('\n')))
      claude.partials(before)
      claude.partials(state)
    }),
  }),
}

export const claudeBatches: Property = {
  name: 'claude-batches',
  title: 'in whatever batches lines are read, they say the same',
  runs: 300,
  open: () => ({
    check: fc.property(output, fc.array(fc.nat(5), { maxLength: 8 }), (texts, batches) => {
      const input = linesOf(texts.join('\n'))
      expect(translate(input, batches)).toEqual(translate(input, []))
    }),
  }),
}
