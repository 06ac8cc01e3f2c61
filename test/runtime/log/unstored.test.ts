import { describe, expect, test } from 'vitest'
import type { CodedError } from '../../../src/runtime/errors.ts'
import {
  eventsOf,
  openLog,
  openTurn,
  queued,
  shownIds,
  storedIds,
  text,
  turnEnd,
  turnStart,
  user,
} from './given.ts'

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

describe('what is revocable', () => {
  const REVOCABLE = { revocable: true }
  const FULL = { code: 'storage_full' } satisfies Partial<CodedError>
  const kindsBehind = (opened: Awaited<ReturnType<typeof openLog>>, id: number): string[] =>
    eventsOf(opened.log.readTail(id, Number.POSITIVE_INFINITY)).map(({ kind }) => kind)
  /** Holds the commits from now on, the next of which will fail. */
  const holdFailure = ({ store }: Awaited<ReturnType<typeof openLog>>) => {
    const asked = Promise.withResolvers<void>()
    const hold = Promise.withResolvers<void>()
    store.failNext('storage_full')
    store.holdAt(() => {
      asked.resolve()
      return hold.promise
    })
    return { asked: asked.promise, letGo: hold.resolve }
  }

  test('leaves no trace when it cannot be stored, and is not tried again', async () => {
    const { log, store, writer } = await openLog()
    store.failNext('storage_full')
    const remembered = { key: 'k', bodyHash: 'h', answer: {} }
    log.append([queued('p')], { ...REVOCABLE, remembered })
    await expect(log.durable()).rejects.toMatchObject(FULL)
    expect(log.newest).toMatchObject({ lastEventId: -1, queue: [] })
    await writer.idle()
    expect(store.commits).toHaveLength(1)
    expect(await store.recall('session', 'k')).toBeNull()

    log.append([queued('p')], { ...REVOCABLE, remembered })
    await log.durable()
    expect(log.fold.queue).toMatchObject([{ promptId: 'p' }])
    expect(await store.recall('session', 'k')).toEqual(remembered)
  })

  test('is taken from between what a turn says, which keeps its order and closes up', async () => {
    const opened = await openTurn()
    const { log, store, writer } = opened
    store.failNext('storage_full')
    log.append([text('a')], { spool: { offset: 1 } })
    log.append([queued('p')], REVOCABLE)
    log.append([text('b')])
    log.append([turnEnd()])
    log.append([queued('q', 2)], REVOCABLE)
    await expect(log.durable()).rejects.toMatchObject(FULL)
    expect(log.nextId).toBe(6)
    await writer.idle()
    expect(kindsBehind(opened, 1)).toEqual(['text', 'text', 'notice', 'turn_end'])
    expect(shownIds(log)).toEqual([0, 1, 2, 3, 4, 5])
    expect(await storedIds(store)).toEqual(shownIds(log))
    expect(log.fold).toMatchObject({ queue: [], opened: null })
    expect(store.commits.at(-1)).toMatchObject([{ spool: { offset: 1 } }])
  })

  test('is dropped also when it came while the commit was under way, and who waits hears of it', async () => {
    const opened = await openTurn()
    const { log, writer } = opened
    const { asked, letGo } = holdFailure(opened)
    log.append([text('a')])
    const said = log.durable({ patient: true })
    await asked
    log.append([queued('p')], REVOCABLE)
    const queueing = log.durable()
    log.append([text('b')])
    letGo()
    await expect(queueing).rejects.toMatchObject(FULL)
    await said
    await writer.idle()
    expect(kindsBehind(opened, 1)).toEqual(['text', 'text', 'notice'])
  })

  test('is dropped at every failure of an outage, of which the log tells once', async () => {
    const opened = await openTurn()
    const { log, store, writer } = opened
    store.failNext('storage_full', 'storage_full', 'storage_full')
    log.append([text('a')])
    for (const promptId of ['p', 'q', 'r']) {
      log.append([queued(promptId)], REVOCABLE)
      await expect(log.durable()).rejects.toMatchObject(FULL)
    }
    await writer.idle()
    expect(kindsBehind(opened, 1)).toEqual(['text', 'notice'])
    expect(log.fold.queue).toEqual([])
  })

  test('holds up nobody who waits for something else, and is no outage of the turn', async () => {
    const opened = await openTurn()
    const { log, store } = opened
    store.failNext('storage_full')
    log.append([queued('p')], REVOCABLE)
    await log.durable({ patient: true })
    expect(log.fold.queue).toEqual([])
    log.append([text('a')])
    await log.durable()
    expect(kindsBehind(opened, 1)).toEqual(['text'])
  })

  test('goes with the first records of a turn when those fail', async () => {
    const { log, store, unrecorded } = await openLog()
    store.failNext('storage_full')
    log.append([user('hi'), turnStart()])
    log.append([queued('p')], REVOCABLE)
    await expect(log.durable()).rejects.toMatchObject(FULL)
    expect(unrecorded).toEqual([1])
    expect(log.newest).toMatchObject({ lastEventId: -1, queue: [] })
  })
})
