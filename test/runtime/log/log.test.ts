import { expect, test, vi } from 'vitest'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { createMemoryStore } from '../../support/memory-store.ts'
import { idsOf, openLog, openTurn, shownIds, storedIds, text, turnStart, user } from './given.ts'

test('many appends in one turn of the event loop are one commit', async () => {
  const { log, store } = await openLog()
  for (let count = 0; count < 100; count++) log.append([text('a')])
  await log.durable()
  expect(store.commits).toHaveLength(1)
})

test('nothing is seen before it is stored', async () => {
  const { log, store } = await openLog()
  const stored = Promise.withResolvers<void>()
  const asked = Promise.withResolvers<void>()
  store.holdAt(() => {
    asked.resolve()
    return stored.promise
  })
  const committed = vi.fn()
  log.onCommitted(committed)
  log.append([user('hi'), turnStart()])
  const durable = log.durable()
  await asked.promise
  expect(shownIds(log)).toEqual([])
  expect(log.fold).toMatchObject({ lastEventId: -1, state: 'idle' })
  expect(committed).not.toHaveBeenCalled()
  stored.resolve()
  await durable
  expect(shownIds(log)).toEqual([0, 1])
  expect(log.fold).toMatchObject({ lastEventId: 1, state: 'running', turn: 1 })
  expect(committed).toHaveBeenCalledTimes(1)
})

test('a log that is opened again goes on where the store ends', async () => {
  const { log, store } = await openTurn()
  log.append([text('a')], { spool: { offset: 5 } })
  await log.durable()
  const again = await openLog(store)
  expect(again.log.fold).toEqual(log.fold)
  expect(again.log.spool).toEqual({ offset: 5 })
  expect(again.log.readTail(-1, Number.POSITIVE_INFINITY)).toBeNull()
  expect(idsOf(await again.log.readStore(-1, Number.POSITIVE_INFINITY))).toEqual([0, 1, 2])
  again.log.append([text('b')])
  expect(again.log.nextId).toBe(4)
  await again.log.durable()
  expect(await storedIds(store)).toEqual([0, 1, 2, 3])
})

test('two logs share a commit, and the failure of one leaves the other alone', async () => {
  const store = createMemoryStore()
  const [a, b] = [await openLog(store, 'a'), await openLog(store, 'b')]
  a.log.append([user('a')])
  await a.log.durable()
  await store.remove('b', '')
  a.log.append([text('a')])
  b.log.append([user('b')])
  await expect(b.log.durable()).rejects.toMatchObject({ code: 'storage_failed' })
  await a.log.durable()
  expect(shownIds(a.log)).toEqual([0, 1])
})

test('who listens is called after each commit, until they do not want to be', async () => {
  const { log } = await openLog()
  const heads: number[] = []
  const end = log.onCommitted(() => void heads.push(log.fold.lastEventId))
  for (const words of ['a', 'b', 'c']) {
    log.append([text(words)])
    await log.durable()
    if (words === 'b') end()
  }
  expect(heads).toEqual([0, 1])
})

test('a listener that throws neither starves the next nor reaches the writer, and is heard of', async () => {
  const { log, faults } = await openLog()
  const next = vi.fn()
  log.onCommitted(() => {
    throw new Error('a bug')
  })
  log.onCommitted(next)
  log.append([text('a')])
  await log.durable()
  expect(faults).toEqual([new Error('a bug')])
  expect(next).toHaveBeenCalledTimes(1)
})

test('all who ask for the same part of the tail get the same buffer', async () => {
  const { log } = await openTurn()
  const read = () => log.readTail(-1, Number.POSITIVE_INFINITY)
  const [first, second] = [read(), read()]
  expect(first).toBe(second)
  log.append([text('a')])
  await log.durable()
  expect(idsOf(read())).toEqual([0, 1, 2])
})

test('clients at a few places of the tail share a buffer for each, and no more are kept than that', async () => {
  const { log } = await openTurn()
  log.append(Array.from({ length: LIMITS.sharedSegmentsMax }, (_, n) => text(`${n}`)))
  await log.durable()
  const read = (after: number) => log.readTail(after, Number.POSITIVE_INFINITY)
  const places = Array.from({ length: LIMITS.sharedSegmentsMax }, (_, n) => n)
  const first = places.map(read)
  for (const place of places) expect(read(place)).toBe(first[place])
  expect(idsOf(read(LIMITS.sharedSegmentsMax))).toEqual([LIMITS.sharedSegmentsMax + 1])
  expect(read(0)).not.toBe(first[0])
  expect(read(0)).toEqual(first[0])
})

test('an answer that could not be stored at first is found under its key, once it is stored', async () => {
  const { log, store } = await openTurn()
  const remembered = { key: 'k', bodyHash: 'h', answer: 1 }
  store.failNext('storage_full', 'storage_full')
  log.append([text('x')], { remembered })
  await expect(log.durable()).rejects.toMatchObject({ code: 'storage_full' })
  await expect(log.recall('k')).rejects.toMatchObject({ code: 'storage_full' })
  expect(await log.recall('other')).toBeNull()
  expect(await log.recall('k')).toEqual(remembered)
  expect(await store.recall('session', 'k')).toEqual(remembered)
})
