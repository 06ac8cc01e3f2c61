import { expect, test } from 'vitest'
import { createPace } from '../../src/client/pace.ts'

const failed = { delivered: false, good: false, retryAfterMs: 0 }
const greeted = { delivered: true, good: false, retryAfterMs: 0 }
const good = { delivered: true, good: true, retryAfterMs: 0 }

const longest = () => createPace(() => 1)

test('the waits double from one second to thirty while nothing is delivered', () => {
  const pace = longest()
  const waits = Array.from({ length: 8 }, () => pace.waitMs(failed))
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  expect(pace.attempt).toBe(8)
})

test('the jitter is full: a wait lies anywhere between nothing and its maximum', () => {
  const draws = [0, 0.25, 0.5]
  const pace = createPace(() => draws.shift()!)
  expect([pace.waitMs(failed), pace.waitMs(failed), pace.waitMs(failed)]).toEqual([0, 500, 2_000])
})

test('a wait stays finite after thousands of failures', () => {
  const pace = longest()
  for (let count = 0; count < 5_000; count++) pace.waitMs(failed)
  expect(pace.waitMs(failed)).toBe(30_000)
})

test('after a good connection the first reconnect does not wait and the next ones do', () => {
  const pace = longest()
  expect([good, failed, failed, good, failed].map(pace.waitMs)).toEqual([0, 1_000, 2_000, 0, 1_000])
})

test('a server that greets and closes again and again is asked at once only the first time', () => {
  const pace = longest()
  expect([greeted, greeted, greeted, greeted].map(pace.waitMs)).toEqual([0, 1_000, 1_000, 1_000])
})

test('a greeting starts the back-off anew', () => {
  const pace = longest()
  expect([greeted, failed, failed, greeted, failed].map(pace.waitMs)).toEqual([0, 1_000, 2_000, 1_000, 2_000])
})

test('Retry-After lengthens a wait, up to thirty seconds', () => {
  const pace = longest()
  expect(pace.waitMs({ ...failed, retryAfterMs: 7_000 })).toBe(7_000)
  expect(pace.waitMs({ ...failed, retryAfterMs: 86_400_000 })).toBe(30_000)
  expect(pace.waitMs({ ...failed, retryAfterMs: 1_000 })).toBe(4_000)
})

test('a reset forgets the failures', () => {
  const pace = longest()
  pace.waitMs(failed)
  pace.waitMs(failed)
  pace.reset()
  expect(pace.attempt).toBe(0)
  expect(pace.waitMs(failed)).toBe(1_000)
})

test('a caller that is looked at waits less; what the server asks for it waits all the same', () => {
  const pace = createPace(() => 1, 5_000)
  const waits = Array.from({ length: 5 }, () => pace.waitMs(failed))
  expect(waits).toEqual([1_000, 2_000, 4_000, 5_000, 5_000])
  expect(pace.waitMs({ ...failed, retryAfterMs: 20_000 })).toBe(20_000)
})
