import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSplitter, type Line } from '../src/runtime/process/splitter.ts'

/** Bytes in which newlines are frequent, cut into chunks. */
const chunked = fc.array(
  fc
    .array(fc.oneof({ weight: 1, arbitrary: fc.constant(10) }, { weight: 4, arbitrary: fc.nat(255) }), {
      maxLength: 30,
    })
    .map((bytes) => Buffer.from(bytes)),
  { maxLength: 12 },
)

const linesOf = (chunks: Buffer[], lineBytesMax: number): Line[] => {
  const splitter = createSplitter(lineBytesMax)
  const lines = chunks.flatMap((chunk) => splitter.push(chunk))
  const rest = splitter.flush()
  return rest ? [...lines, rest] : lines
}

/** What a splitter says, said in the simplest way. */
const model = (input: Buffer, lineBytesMax: number): Line[] => {
  const parts = input.toString('latin1').split('\n')
  return parts.flatMap((part, index) => {
    const ended = index < parts.length - 1
    if (!ended && part === '') return []
    const text = Buffer.from(part, 'latin1').subarray(0, lineBytesMax).toString('utf8')
    return [{ text, bytes: part.length, cut: part.length > lineBytesMax, ended }]
  })
}

test('any bytes in any chunks give the lines that lie between their newlines', () => {
  fc.assert(
    fc.property(chunked, fc.integer({ min: 1, max: 40 }), (chunks, lineBytesMax) => {
      expect(linesOf(chunks, lineBytesMax)).toEqual(model(Buffer.concat(chunks), lineBytesMax))
    }),
    { numRuns: 2_000 },
  )
})

test('what was pushed is, byte for byte, in lines or held back', () => {
  fc.assert(
    fc.property(chunked, (chunks) => {
      const splitter = createSplitter(7)
      let pushed = 0
      let given = 0
      for (const chunk of chunks) {
        pushed += chunk.length
        for (const line of splitter.push(chunk)) given += line.bytes + 1
        expect(splitter.heldBytes).toBe(pushed - given)
      }
    }),
  )
})
