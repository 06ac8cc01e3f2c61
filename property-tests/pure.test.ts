/** The quick form of what needs no server: its failures say how to have them again. */
import { expect, test } from 'vitest'
import { PROPERTIES, PURE } from './properties.ts'
import { holds } from './runner/holds.ts'
import { readRegressions } from './runner/regressions.ts'

for (const property of PURE) test(property.title, () => holds(property))

test('every property has a name of its own, and every regression is one of theirs', () => {
  const names = PROPERTIES.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toEqual(expect.arrayContaining(readRegressions().map(({ property }) => property)))
})
