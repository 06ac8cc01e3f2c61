import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROPERTIES } from '../properties.ts'
import { MUTANTS } from './all.ts'
import { mutate } from './mutant.ts'

const ROOT = join(import.meta.dirname, '../..')

test.for(MUTANTS)(
  '$bug: what it changes is there, once, and the property that catches it as well',
  (mutant) => {
    expect(mutate(readFileSync(join(ROOT, mutant.file), 'utf8'), mutant)).toContain(mutant.new)
    expect(PROPERTIES.map(({ name }) => name)).toContain(mutant.caughtBy)
  },
)

test('what is not there, or there twice, is no place for a mutant', () => {
  const mutant = { bug: 'a bug', file: 'a.ts', old: 'b', new: '$&', caughtBy: '' }
  expect(mutate('abc', mutant)).toBe('a$&c')
  for (const [source, times] of [
    ['ac', 0],
    ['abcb', 2],
  ] as const)
    expect(() => mutate(source, mutant)).toThrow(`a bug: what it changes is in a.ts ${times} times`)
})
