import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Audited } from '../../../src/runtime/access/audit.ts'
import { createRefusals } from '../../../src/runtime/access/refusals.ts'

const MINUTE_MS = 60_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function given() {
  const records: Audited[] = []
  const refusals = createRefusals((record) => void records.push(record))
  const add = (address: string, outcome = 'unauthorized') => refusals.add({ address, outcome })
  return { refusals, add, brief: () => records.map((r) => [r.address, r.outcome, r.count]) }
}

test('the first refusal of a kind is on record at once, and a flood of them as one count a minute', () => {
  const { add, brief } = given()
  for (let i = 0; i < 1_000; i++) add('a')
  add('a', 'bad_code')
  add('b')
  const first = [
    ['a', 'unauthorized', 1],
    ['a', 'bad_code', 1],
    ['b', 'unauthorized', 1],
  ]
  expect(brief()).toEqual(first)
  vi.advanceTimersByTime(MINUTE_MS)
  expect(brief()).toEqual([...first, ['a', 'unauthorized', 999]])
  vi.advanceTimersByTime(MINUTE_MS)
  add('a')
  expect(brief()).toHaveLength(5)
})

test('a flood from many addresses is told of a hundred of them, and of the rest together', () => {
  const { add, brief } = given()
  for (let i = 0; i < 1_000; i++) add(`${i}`)
  expect(brief()).toHaveLength(101)
  vi.advanceTimersByTime(MINUTE_MS)
  expect(brief().slice(100)).toEqual([
    ['others', 'unauthorized', 1],
    ['others', 'unauthorized', 899],
  ])
})

test('what was counted is told before its minute is over, when asked', () => {
  const { add, brief, refusals } = given()
  add('a')
  add('a')
  refusals.flush()
  refusals.flush()
  expect(brief().map(([, , count]) => count)).toEqual([1, 1])
})
