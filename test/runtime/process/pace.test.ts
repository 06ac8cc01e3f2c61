import { expect, onTestFinished, test, vi } from 'vitest'
import { createPace } from '../../../src/runtime/process/pace.ts'

const fakeTime = (): void => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
}

test('as many as may go at once, the others in order, so many at a time', async () => {
  fakeTime()
  const pace = createPace({ max: 2, perMs: 10 })
  const gone: number[] = []
  const come = async (who: number) => {
    await pace()
    gone.push(who)
  }
  for (const who of [1, 2, 3, 4, 5]) void come(who)
  await vi.advanceTimersByTimeAsync(9)
  expect(gone).toEqual([1, 2])
  await vi.advanceTimersByTimeAsync(1)
  expect(gone).toEqual([1, 2, 3, 4])
  void come(6)
  void come(7)
  await vi.advanceTimersByTimeAsync(10)
  expect(gone).toEqual([1, 2, 3, 4, 5, 6])
  await vi.advanceTimersByTimeAsync(10)
  expect(gone).toEqual([1, 2, 3, 4, 5, 6, 7])
})

test('who comes now and then waits for nothing, and no timer is left', async () => {
  fakeTime()
  const pace = createPace({ max: 1, perMs: 10 })
  for (const _ of [1, 2, 3]) {
    expect(pace()).toBeUndefined()
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(10)
  }
})
