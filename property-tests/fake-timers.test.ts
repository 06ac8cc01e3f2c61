import { AsyncResource } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { withFakeTimers } from './fake-timers.ts'

test('timers fire when they are told to, and are counted until then', async () => {
  const fired: string[] = []
  await withFakeTimers(async (timers) => {
    setTimeout(() => fired.push('late'), 20)
    setTimeout(() => fired.push('early'), 10)
    clearTimeout(setTimeout(() => fired.push('never'), 10))
    expect(timers.count).toBe(2)
    timers.advance(10)
    expect(fired).toEqual(['early'])
    timers.advance(10)
    expect([fired, timers.count]).toEqual([['early', 'late'], 0])
  })
})

test('what was set off before is not touched: it waits by the clock, and is not counted', async () => {
  const before = new AsyncResource('somebody else')
  const { promise, resolve } = Promise.withResolvers<void>()
  await withFakeTimers(async (timers) => {
    before.runInAsyncScope(() => setTimeout(resolve, 1))
    expect(timers.count).toBe(0)
    await promise
  })
})
