/** Bytes to lines: however they are chunked, and wherever a reader leaves off and another goes on. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { createSplitter, type Line } from '../src/runtime/process/splitter.ts'
import type { Property } from './runner/property.ts'

/** Newlines are frequent, so are parts of characters. */
const byte = fc.oneof(
  { weight: 2, arbitrary: fc.constant(10) },
  { weight: 1, arbitrary: fc.constantFrom(0xf0, 0x9f, 0xa7, 0xaf, 0x0d) },
  { weight: 7, arbitrary: fc.nat(255) },
)
const bytes = fc.oneof(
  fc.array(byte, { maxLength: 30 }).map((list) => Buffer.from(list)),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => Buffer.from(text)),
)
const chunked = fc.array(bytes, { maxLength: 12 })
const lineBytesMax = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(1_000))

const linesOf = (chunks: Buffer[], max: number): Line[] => {
  const splitter = createSplitter(max)
  const lines = chunks.flatMap((chunk) => splitter.push(chunk))
  const rest = splitter.flush()
  return rest ? [...lines, rest] : lines
}

/** What a splitter says, said in the simplest way. */
const model = (input: Buffer, max: number): Line[] => {
  const parts = input.toString('latin1').split('\n')
  return parts.flatMap((part, index) => {
    const ended = index < parts.length - 1
    if (!ended && part === '') return []
    const text = Buffer.from(part, 'latin1').subarray(0, max).toString('utf8')
    return [{ text, bytes: part.length, cut: part.length > max, ended }]
  })
}

export const splitterLines: Property = {
  name: 'splitter-lines',
  title: 'any bytes in any chunks give the lines that lie between their newlines',
  runs: 2_000,
  open: () => ({
    check: fc.property(chunked, lineBytesMax, (chunks, max) => {
      expect(linesOf(chunks, max)).toEqual(model(Buffer.concat(chunks), max))
    }),
  }),
}

export const splitterResumed: Property = {
  name: 'splitter-resumed',
  title:
    'a reader that begins behind the lines that another has had gets the others, and every byte is in one',
  runs: 1_000,
  open: () => ({
    check: fc.property(chunked, lineBytesMax, fc.nat(12), (chunks, max, count) => {
      const first = createSplitter(max)
      const before = chunks.slice(0, count)
      const had = before.flatMap((chunk) => first.push(chunk))
      const pushed = Buffer.concat(before).length
      const hadBytes = had.reduce((sum, line) => sum + line.bytes + 1, 0)
      expect(first.heldBytes).toBe(pushed - hadBytes)
      const all = Buffer.concat(chunks)
      const rest = linesOf([all.subarray(pushed - first.heldBytes)], max)
      expect([...had, ...rest]).toEqual(model(all, max))
    }),
  }),
}
