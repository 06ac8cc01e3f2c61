import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CodedError } from '../../../src/runtime/errors.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import type { Start } from '../../../src/runtime/prompt.ts'
import { createNext, type NextDeps } from '../../../src/runtime/queue/next.ts'
import { until } from '../../support/until.ts'
import { openLog, queued, turnEnd, turnStart, user } from '../log/given.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** One prompt waits behind a turn that has ended; `begin` is what becomes of the next. */
async function given(change: Partial<NextDeps> = {}) {
  const { log } = await openLog()
  log.append([user('hi'), turnStart(), queued('p'), turnEnd()])
  await log.durable()
  const begun: Start[] = []
  const faults: unknown[] = []
  const next = createNext({
    ...{ log, queueAfterCancel: 'hold', mayBegin: () => true },
    whenStored: async (look) => look(),
    async begin(start) {
      begun.push(start)
      log.append([{ kind: 'dequeued', promptId: start.promptId!, reason: 'started', turn: 1 }])
      log.append([user(start.text, 2), turnStart(2)])
      await log.durable()
      return { turn: 2, eventId: log.fold.opened!.id }
    },
    onFault: (error) => void faults.push(error),
    ...change,
  })
  return { log, next, begun, faults }
}

test('the prompt that is due is begun once, however often that is looked at', async () => {
  const { log, next, begun } = await given()
  for (let looks = 0; looks < 3; looks++) next.advance()
  await until(() => expect(log.fold).toMatchObject({ state: 'running', queue: [] }))
  await vi.advanceTimersByTimeAsync(LIMITS.queueRetryMs)
  expect(begun).toEqual([
    { text: 'prompt p', promptId: 'p', model: null, by: undefined, attachments: [], idempotency: undefined },
  ])
  expect(vi.getTimerCount()).toBe(0)
})

test('a start that fails is tried again after a while, until it is told to stop', async () => {
  const begin = vi.fn(async () => {
    throw new CodedError('storage_full')
  })
  const { next, faults } = await given({ begin })
  next.advance()
  for (const times of [1, 2, 3]) {
    await vi.advanceTimersByTimeAsync(LIMITS.queueRetryMs - 1)
    expect(begin).toHaveBeenCalledTimes(times)
    await vi.advanceTimersByTimeAsync(1)
  }
  next.stop()
  expect(vi.getTimerCount()).toBe(0)
  next.advance()
  expect(begin).toHaveBeenCalledTimes(4)
  expect(faults).toEqual([])
})

test('a fault is told, and the prompt tried again all the same', async () => {
  const bug = new Error('a bug')
  const { next, faults } = await given({
    begin: async () => {
      throw bug
    },
  })
  next.advance()
  await vi.advanceTimersByTimeAsync(LIMITS.queueRetryMs)
  expect(faults).toEqual([bug, bug])
  next.stop()
})

test('a queue that is held by the time that all is stored does not go on', async () => {
  const wait = Promise.withResolvers<void>()
  const { log, next, begun } = await given({
    whenStored: async (look) => {
      await wait.promise
      return look()
    },
  })
  next.advance()
  // Somebody starts a turn and cancels it, all before the first look.
  log.append([user('other', 2), turnStart(2), { kind: 'cancelling', by: 'operator', turn: 2 }])
  log.append([{ kind: 'cancelled', turn: 2 }, turnEnd(2)])
  await log.durable()
  wait.resolve()
  await vi.advanceTimersByTimeAsync(LIMITS.queueRetryMs)
  expect(begun).toEqual([])
  expect(await next.resume()).toMatchObject({ turn: 2 })
})

test('nothing begins while it may not, and it is looked again later', async () => {
  let may = false
  const { next, begun } = await given({ mayBegin: () => may })
  next.advance()
  expect(await next.resume()).toBeNull()
  may = true
  await vi.advanceTimersByTimeAsync(LIMITS.queueRetryMs)
  expect(begun).toHaveLength(1)
})
