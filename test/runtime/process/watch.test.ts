import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { watchDirectory } from '../../../src/runtime/process/watch.ts'
import { tempDir } from '../temp-dir.ts'

const HOUR_MS = 3_600_000

/** Watches, and tells the next wake-up. */
const watchFor = (dir: string, limits: { pollMs: number; pollUnwatchedMs: number }) => {
  let woken = Promise.withResolvers<boolean>()
  const unwatch = watchDirectory(
    dir,
    (polled) => {
      woken.resolve(polled)
      woken = Promise.withResolvers()
    },
    limits,
  )
  onTestFinished(unwatch)
  return { next: () => woken.promise, unwatch }
}

test('a change in the directory is told long before the poll', async () => {
  const dir = tempDir()
  const { next } = watchFor(dir, { pollMs: HOUR_MS, pollUnwatchedMs: HOUR_MS })
  for (const content of ['one', 'two']) {
    const woken = next()
    writeFileSync(join(dir, 'out'), content)
    expect(await woken).toBe(false)
  }
})

test('without a change, the poll wakes', async () => {
  const { next } = watchFor(tempDir(), { pollMs: 5, pollUnwatchedMs: HOUR_MS })
  expect(await next()).toBe(true)
  expect(await next()).toBe(true)
})

test('a directory that cannot be watched is polled at the faster pace', async () => {
  const { next } = watchFor(join(tempDir(), 'missing'), { pollMs: HOUR_MS, pollUnwatchedMs: 5 })
  expect(await next()).toBe(true)
})

test('a directory that goes away is polled on', async () => {
  const dir = join(tempDir(), 'run')
  mkdirSync(dir)
  const { next } = watchFor(dir, { pollMs: 20, pollUnwatchedMs: 20 })
  rmSync(dir, { recursive: true })
  while (!(await next()));
})

test('nothing wakes after the end', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const wake = vi.fn()
  const unwatch = watchDirectory(tempDir(), wake, { pollMs: 10, pollUnwatchedMs: 10 })
  vi.advanceTimersByTime(30)
  expect(wake).toHaveBeenCalledTimes(3)
  unwatch()
  vi.advanceTimersByTime(1_000)
  expect(wake).toHaveBeenCalledTimes(3)
})
