import { expect, test } from 'vitest'
import { createWakeup } from '../../../src/runtime/process/wakeup.ts'

test('a sleeper is woken, and learns whether a poll woke it', async () => {
  const wakeup = createWakeup()
  for (const polled of [true, false]) {
    const waited = wakeup.wait()
    wakeup.wake(polled)
    expect(await waited).toBe(polled)
  }
})

test('a wake-up that comes while nobody sleeps is kept for the next sleep', async () => {
  const wakeup = createWakeup()
  wakeup.wake(false)
  expect(await wakeup.wait()).toBe(false)
})

test('many wake-ups while nobody sleeps are one, and a poll among them is not forgotten', async () => {
  const wakeup = createWakeup()
  for (const polled of [false, true, false]) wakeup.wake(polled)
  expect(await wakeup.wait()).toBe(true)
  let woken = false
  const next = wakeup.wait().then(() => {
    woken = true
  })
  await new Promise(setImmediate)
  expect(woken).toBe(false)
  wakeup.wake(false)
  await next
})
