import { expect, test } from 'vitest'
import { createBackOff } from '../../../src/runtime/access/back-off.ts'

function given() {
  let nowMs = 0
  const backOff = createBackOff({ clockMs: () => nowMs })
  /** Seconds to wait; 0 when the next try is let through. */
  const waitS = (address = 'a'): number => {
    try {
      backOff.check(address)
      return 0
    } catch (error) {
      expect(error).toMatchObject({ code: 'too_many_attempts', status: 429 })
      return (error as { extra: { retryAfterS: number } }).extra.retryAfterS
    }
  }
  return {
    backOff,
    waitS,
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

test('the first few wrong codes cost nothing, and each further one twice as much, up to a minute', () => {
  const { backOff, waitS, pass } = given()
  const waits = Array.from({ length: 13 }, () => {
    const wait = waitS()
    pass(wait * 1_000)
    backOff.failed('a')
    return wait
  })
  expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60])
})

test('a try is let through when the wait is over, and not before', () => {
  const { backOff, waitS, pass } = given()
  for (let i = 0; i < 8; i++) backOff.failed('a')
  pass(7_999)
  expect(waitS()).toBe(1)
  pass(1)
  expect(waitS()).toBe(0)
})

test('failures are forgotten after a while without any, or when somebody vouches', () => {
  const { backOff, waitS, pass } = given()
  for (let i = 0; i < 20; i++) backOff.failed('a')
  pass(10 * 60_000)
  expect(waitS()).toBe(0)
  for (let i = 0; i < 4; i++) backOff.failed('a')
  expect(waitS()).toBe(0)
  backOff.failed('a')
  expect(waitS()).toBe(1)
  backOff.reset()
  expect(waitS()).toBe(0)
})

test('who guesses waits at that address, and others do not', () => {
  const { backOff, waitS } = given()
  for (let i = 0; i < 20; i++) backOff.failed('a')
  expect([waitS('a'), waitS('b')]).toEqual([60, 0])
})

test('after a hundred wrong codes from wherever everybody waits, longer with each, and all of that can be reset', () => {
  const { backOff, waitS } = given()
  for (let i = 0; i < 99; i++) backOff.failed(`${i}`)
  expect(waitS('new')).toBe(0)
  backOff.failed('99')
  expect(waitS('new')).toBe(1)
  for (let i = 0; i < 5_000; i++) backOff.failed(`${i}`)
  expect(waitS('new')).toBe(60)
  backOff.reset()
  expect([waitS('new'), waitS('4999')]).toEqual([0, 0])
})
