import { expect, it } from 'vitest'
import { tallyLines } from './line-tally.ts'

it.each([
  ['all is well', 'a b c d', { lost: 0, doubled: 0, reordered: 0, strange: 0 }],
  ['one is lost', 'a b d', { lost: 1, doubled: 0, reordered: 0, strange: 0 }],
  ['one comes twice', 'a b b c d', { lost: 0, doubled: 1, reordered: 0, strange: 0 }],
  ['a part comes again', 'a b c b c d', { lost: 0, doubled: 2, reordered: 0, strange: 0 }],
  ['two have changed places', 'a c b d', { lost: 0, doubled: 0, reordered: 1, strange: 0 }],
  ['one is nobody’s', 'a b c x d', { lost: 0, doubled: 0, reordered: 0, strange: 1 }],
  ['nothing came', '', { lost: 4, doubled: 0, reordered: 0, strange: 0 }],
])('when %s', (_, seen, tally) => {
  const lines = seen === '' ? [] : seen.split(' ')
  expect(tallyLines(['a', 'b', 'c', 'd'], lines)).toEqual(tally)
})
