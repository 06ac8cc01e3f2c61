import { expect, test, vi } from 'vitest'
import { LIMITS } from '../../../src/runtime/limits.ts'
import type { Left, StopSignal } from '../../../src/runtime/process/killer.ts'
import { sweep } from '../../../src/runtime/process/sweep.ts'

/** So many that are alive. */
const left = (count: number): Left => Array.from({ length: count }, (_, index) => ({ pid: index + 1 }))

/** What a sweep never asks a killer for. */
const UNASKED = { note() {}, alive: () => left(0), orphans: () => left(0) }

/** A sweep over a killer that finds these numbers alive, scan by scan; the last for ever. */
const sweepOver = (
  counts: (number | Error)[],
  change: { isDone?: () => boolean; isDetached?: () => boolean; cleared?: () => void } = {},
) => {
  const signals: NodeJS.Signals[] = []
  const cleared = Promise.withResolvers<Left>()
  const told = vi.fn(cleared.resolve)
  const scanned = [...counts]
  const faults: unknown[] = []
  const sweeper = sweep({
    signal: 'SIGTERM' as StopSignal,
    killer: () => ({
      ...UNASKED,
      signal(signal) {
        signals.push(signal)
        const found = scanned.length > 1 ? scanned.shift()! : scanned[0]!
        if (found instanceof Error) throw found
        return left(found)
      },
    }),
    isDone: () => true,
    isDetached: () => false,
    cleared: told,
    onFault: (error) => void faults.push(error),
    ...change,
  })
  return { sweeper, signals, cleared: cleared.promise, told, faults }
}

test('one empty scan is not enough: two in a row are', async () => {
  const { cleared, signals } = sweepOver([3, 0, 1, 0, 0])
  expect(await cleared).toEqual([])
  expect(signals).toHaveLength(5)
})

test('a turn without processes is cleared when its agent is known to be gone, and not before', async () => {
  let asked = 0
  const cleared = Promise.withResolvers<Left>()
  sweep({
    ...{ signal: 'SIGTERM', killer: () => null, isDone: () => ++asked === 5, isDetached: () => false },
    ...{ cleared: cleared.resolve, onFault: cleared.reject },
  })
  expect(await cleared.promise).toEqual([])
  expect(asked).toBe(5)
})

test('a killer that cannot be opened yet is asked for again: a start that hung may still succeed', async () => {
  const cleared = Promise.withResolvers<Left>()
  const killed: NodeJS.Signals[] = []
  let opened = 0
  sweep({
    signal: 'SIGTERM',
    killer: () =>
      ++opened < 4 ? null : { ...UNASKED, signal: (signal) => left(killed.push(signal) === 1 ? 1 : 0) },
    isDone: () => killed.length > 0,
    isDetached: () => false,
    ...{ cleared: cleared.resolve, onFault: cleared.reject },
  })
  expect(await cleared.promise).toEqual([])
  expect([opened, killed.length]).toEqual([6, 3])
})

test('an escalation takes effect with the next scan', async () => {
  const { sweeper, signals, cleared } = sweepOver([1, 1, 0])
  sweeper.escalate('SIGKILL')
  await cleared
  expect(signals).toEqual(['SIGTERM', 'SIGKILL', 'SIGKILL', 'SIGKILL'])
})

test('what SIGKILL does not end within its grace is reported, once', async () => {
  const { sweeper, signals, cleared, told } = sweepOver([2])
  const since = performance.now()
  sweeper.escalate('SIGKILL')
  expect(await cleared).toEqual(left(2))
  expect(performance.now() - since).toBeGreaterThanOrEqual(LIMITS.killGraceMs)
  expect(new Set(signals.slice(1))).toEqual(new Set(['SIGKILL']))
  expect(told).toHaveBeenCalledTimes(1)
})

test('a scan that fails is reported and tried again, and nothing is taken for cleared because of it', async () => {
  const fault = new Error('EMFILE')
  const { cleared, signals, faults } = sweepOver([0, fault, 0, 0])
  expect(await cleared).toEqual([])
  expect(signals).toHaveLength(4)
  expect(faults).toEqual([fault])
})

test('a sweep that is detached leaves everything alone', async () => {
  const ended = Promise.withResolvers<void>()
  let looks = 0
  const isDetached = (): boolean => {
    if (++looks < 3) return false
    ended.resolve()
    return true
  }
  const { signals, told } = sweepOver([1], { isDetached })
  await ended.promise
  await new Promise(setImmediate)
  expect(signals).toHaveLength(2)
  expect(told).not.toHaveBeenCalled()
})

test('an end that could not be said is said after the next scan, and ends nothing else', async () => {
  const fault = new Error('EMFILE')
  const ended = Promise.withResolvers<void>()
  let tries = 0
  const cleared = (): void => {
    if (++tries === 1) throw fault
    ended.resolve()
  }
  const { faults, signals } = sweepOver([0], { cleared })
  await ended.promise
  expect(tries).toBe(2)
  expect(faults).toEqual([fault])
  expect(signals).toHaveLength(3)
})
