import { expect, test } from 'vitest'
import type { CodedError } from '../../../src/runtime/errors.ts'
import { eventsOf, openLog, openTurn, shownIds, storedIds, text, turnEnd, turnStart, user } from './given.ts'

test('ids are 0, 1, 2 and so on, over appends and commits', async () => {
  const { log, store } = await openLog()
  expect(log.nextId).toBe(0)
  log.append([user('hi'), turnStart()])
  log.append([text('a')])
  expect(log.nextId).toBe(3)
  await log.durable()
  log.append([text('b'), text('c')])
  expect(log.nextId).toBe(5)
  await log.durable()
  expect(shownIds(log)).toEqual([0, 1, 2, 3, 4])
  expect(await storedIds(store)).toEqual([0, 1, 2, 3, 4])
})

test('when the first records of a turn cannot be stored, nothing of it is left', async () => {
  const { log, store, unrecorded } = await openLog()
  store.failNext('storage_full')
  log.append([user('hi'), turnStart()])
  await expect(log.durable()).rejects.toMatchObject({ code: 'storage_full' } satisfies Partial<CodedError>)
  expect(unrecorded).toEqual([1])
  expect(log.nextId).toBe(0)
  expect(log.fold).toMatchObject({ lastEventId: -1, turn: 0, state: 'idle' })
  expect(await storedIds(store)).toEqual([])

  log.append([user('again'), turnStart()])
  await log.durable()
  expect(eventsOf(log.readTail(-1, Number.POSITIVE_INFINITY))).toMatchObject([
    { id: 0, text: 'again' },
    { id: 1 },
  ])
})

test('what was added while a turn’s first records failed is dropped with them, and its waiters hear of it', async () => {
  const { log, store } = await openLog()
  const stored = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  store.failNext('storage_failed')
  store.holdAt(() => {
    asked.resolve()
    return stored.promise
  })
  log.append([user('hi'), turnStart()])
  const first = log.durable()
  await asked.promise
  log.append([{ kind: 'cancelling', by: 'operator', turn: 1 }])
  const second = log.durable({ patient: true })
  stored.resolve()
  expect(await Promise.allSettled([first, second])).toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ])
  expect(log.nextId).toBe(0)
})

test('later records that cannot be stored are tried again under the same ids, with what came since', async () => {
  const { log, store, unrecorded, writer } = await openTurn()
  store.failNext('storage_full', 'storage_full')
  log.append([text('a')])
  await expect(log.durable()).rejects.toMatchObject({ code: 'storage_full' })
  log.append([text('b')])
  expect(shownIds(log)).toEqual([0, 1])
  await writer.idle()
  expect(eventsOf(log.readTail(1, Number.POSITIVE_INFINITY))).toMatchObject([
    { id: 2, text: 'a' },
    // One for the whole outage, however many tries it took.
    { id: 3, kind: 'notice', code: 'disk_full' },
    { id: 4, text: 'b' },
  ])
  expect(await storedIds(store)).toEqual([0, 1, 2, 3, 4])
  expect(unrecorded).toEqual([])
})

test('who waits with patience is told when it is stored, however many tries it took', async () => {
  const { log, store } = await openTurn()
  store.failNext('storage_full', 'storage_failed', 'storage_full')
  log.append([text('a')])
  const impatient = log.durable()
  const patient = log.durable({ patient: true })
  await expect(impatient).rejects.toMatchObject({ code: 'storage_full' })
  expect(shownIds(log)).toEqual([0, 1])
  await patient
  expect(eventsOf(log.readTail(1, Number.POSITIVE_INFINITY))).toMatchObject([
    { id: 2, text: 'a' },
    { id: 3, kind: 'notice', code: 'disk_full' },
  ])
})

test('durable is fulfilled at once when nothing is on its way', async () => {
  const { log, store } = await openLog()
  await log.durable()
  expect(store.commits).toEqual([])
})

test('durable waits for what is in flight, although nothing was added since', async () => {
  const { log, store } = await openTurn()
  const stored = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  store.holdAt(() => {
    asked.resolve()
    return stored.promise
  })
  log.append([text('a')])
  await asked.promise
  let fulfilled = false
  const durable = log.durable().then(() => {
    fulfilled = true
  })
  await new Promise(setImmediate)
  expect(fulfilled).toBe(false)
  stored.resolve()
  await durable
  expect(shownIds(log)).toEqual([0, 1, 2])
  expect(store.commits).toHaveLength(2)
})

test('a turn’s end tells how long it took, from its first event on', async () => {
  const { log } = await openTurn()
  log.append([text('a'), turnEnd()])
  await log.durable()
  const events = eventsOf(log.readTail(-1, Number.POSITIVE_INFINITY))
  const [first, last] = [events[0]!, events.at(-1)!]
  expect(last).toMatchObject({ kind: 'turn_end', durationMs: Date.parse(last.at) - Date.parse(first.at) })
  expect(last).toHaveProperty('durationMs', expect.any(Number))
  expect(log.fold).toMatchObject({ state: 'idle', opened: null })
})

test('the spool is stored in the same commit as the records that came of it', async () => {
  const { log, store } = await openTurn()
  log.append([text('a')], { spool: { offset: 10 } })
  expect(log.spool).toEqual({ offset: 10 })
  await log.durable()
  expect(store.commits.at(-1)).toMatchObject([{ segment: { first: 2, last: 2 }, spool: { offset: 10 } }])
})

test('a spool that moves alone is stored without an event', async () => {
  const { log, store } = await openTurn()
  log.append([], { spool: { offset: 20 } })
  await log.durable()
  expect(store.commits.at(-1)).toMatchObject([{ segment: null, expectedHead: 1, spool: { offset: 20 } }])
  expect(shownIds(log)).toEqual([0, 1])
})

test('an answer is remembered in the same commit as its effect, and once although it is retried', async () => {
  const { log, store } = await openTurn()
  store.failNext('storage_failed')
  const remembered = { key: 'k', bodyHash: 'h', answer: { turn: 1 } }
  log.append([text('a')], { remembered })
  await log.durable({ patient: true })
  expect(await store.recall('session', 'k')).toEqual(remembered)
  expect(store.commits.at(-1)?.[0]?.remembered).toEqual([remembered])
})
