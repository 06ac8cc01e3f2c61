/** What a script prints: the shell's adapter passes all of it on, in whatever portions it is read. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { shellAgent } from '../src/runtime/agents/shell.ts'
import { LIMITS } from '../src/runtime/limits.ts'
import { expectShape } from '../test/runtime/agents/record-shape.ts'
import { linesOf } from '../test/runtime/agents/recordings.ts'
import type { Property } from './runner/property.ts'

/** Longer than one event may be, now and then, so that characters lie on the border. */
const word = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.toWellFormed()) },
  { weight: 4, arbitrary: fc.constantFrom('\n', '\n\n', '\r\n') },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(3), fc.constantFrom('🧯', 'é', 'x'))
      .map(([more, unit]) => 'x'.repeat(LIMITS.shellTextCharsMax - 2 + more) + unit.repeat(3)),
  },
)
const printed = fc.array(word, { maxLength: 12 }).map((words) => words.join(''))

export const shellOutput: Property = {
  name: 'shell-output',
  title: 'a turn’s texts are what the script printed, numbered, in whatever portions it is read',
  runs: 1_000,
  open: () => ({
    check: fc.property(printed, fc.array(fc.nat(4), { maxLength: 8 }), (text, portions) => {
      let rest = linesOf(text)
      let state = shellAgent.begin()
      const texts: string[] = []
      for (const size of [...portions, rest.length]) {
        const part = shellAgent.translate(state, rest.slice(0, size))
        state = JSON.parse(JSON.stringify(part.state))
        rest = rest.slice(size)
        for (const record of part.records) {
          expectShape(record)
          if (record.kind !== 'text') throw new Error(`a shell says ${record.kind}`)
          expect(record.block).toBe(texts.length)
          expect(record.text.length).toBeLessThanOrEqual(LIMITS.shellTextCharsMax)
          expect(record.text.isWellFormed()).toBe(true)
          texts.push(record.text)
        }
      }
      expect(texts.join('')).toBe(text)
    }),
  }),
}
