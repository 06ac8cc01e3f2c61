import { expect, test } from 'vitest'
import { createBackOff } from '../../../src/runtime/access/back-off.ts'

function given() {
  let nowMs = 0
  const backOff = createBackOff({ clockMs: () => nowMs })
  /** Seconds to wait; 0 when the next try is let through. */
  const waitS = (): number => {
    try {
      backOff.check()
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
    backOff.failed()
    return wait
  })
  expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60])
})

test('a try is let through when the wait is over, and not before', () => {
  const { backOff, waitS, pass } = given()
  for (let i = 0; i < 8; i++) backOff.failed()
  pass(7_999)
  expect(waitS()).toBe(1)
  pass(1)
  expect(waitS()).toBe(0)
})

test('failures are forgotten after a while without any, or when somebody vouches', () => {
  const { backOff, waitS, pass } = given()
  for (let i = 0; i < 20; i++) backOff.failed()
  pass(10 * 60_000)
  expect(waitS()).toBe(0)
  for (let i = 0; i < 4; i++) backOff.failed()
  expect(waitS()).toBe(0)
  backOff.failed()
  expect(waitS()).toBe(1)
  backOff.reset()
  expect(waitS()).toBe(0)
})
