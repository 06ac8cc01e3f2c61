import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Audited } from '../../../src/runtime/access/access-store.ts'
import { createFailures } from '../../../src/runtime/access/failures.ts'

const MINUTE_MS = 60_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const STRANGER: Audited = {
  ...{ caller: 'nobody', deviceId: null, address: 'a' },
  ...{ action: 'request', outcome: 'unauthorized', target: null },
}

function given() {
  const records: (Audited & { count: number })[] = []
  const failures = createFailures(async (record) => void records.push(record))
  const add = (address: string, more: Partial<Audited> = {}) =>
    void failures.add({ ...STRANGER, address, ...more })
  return { failures, records, add, brief: () => records.map((r) => [r.address, r.outcome, r.count]) }
}

test('the first failure of a kind is on record at once, and a flood of them as one count a minute', () => {
  const { add, brief } = given()
  for (let i = 0; i < 1_000; i++) add('a')
  add('a', { outcome: 'bad_code' })
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
  const { add, brief, failures } = given()
  add('a')
  add('a')
  failures.flush()
  failures.flush()
  expect(brief().map(([, , count]) => count)).toEqual([1, 1])
})

test('a flood of strangers hides nothing of what those who are in have failed at', () => {
  const { add, records } = given()
  for (let i = 0; i < 1_000; i++) add(`${i}`)
  const own = { caller: 'phone', deviceId: 'd', outcome: 'session_busy' }
  for (const target of ['s', 't']) add('a', { ...own, target })
  expect(records.slice(-2)).toMatchObject([
    { ...own, address: 'a', target: 's', count: 1 },
    { ...own, address: 'a', target: 't', count: 1 },
  ])
})

test('one who is in and fails at ever other things is told of a hundred of them, and of the rest together', () => {
  const { add, records, failures } = given()
  const own = { caller: 'phone', deviceId: 'd', outcome: 'device_not_found' }
  for (let i = 0; i < 1_000; i++) add('a', { ...own, target: `${i}` })
  failures.flush()
  expect(records).toHaveLength(102)
  expect(records.at(-1)).toMatchObject({ ...own, address: 'others', target: null, count: 899 })
})
