import PQueue from 'p-queue'
import { expect, test } from 'vitest'
import { followEvents } from '../../../src/runtime/log/follow-events.ts'
import { createMemoryStore } from '../../support/memory-store.ts'
import { type OpenLog, openLog, text } from './given.ts'

const replays = () => new PQueue({ concurrency: 1 })

const append = async ({ log }: OpenLog, ...words: string[]) => {
  log.append(words.map((word) => text(word)))
  await log.durable()
}

/** The ids of the next events. */
async function take(events: AsyncGenerator<{ id: number }>, count: number): Promise<number[]> {
  const ids: number[] = []
  while (ids.length < count) ids.push((await events.next()).value!.id)
  return ids
}

test('what is there comes first, then what is appended, each once and in order', async () => {
  const opened = await openLog()
  await append(opened, 'a', 'b', 'c')
  const events = followEvents(opened.log, { replays: replays() })
  expect(await take(events, 3)).toEqual([0, 1, 2])
  const next = take(events, 2)
  await append(opened, 'd')
  await append(opened, 'e')
  expect(await next).toEqual([3, 4])
  await events.return(undefined)
})

test('it begins behind the event that is known already', async () => {
  const opened = await openLog()
  await append(opened, 'a', 'b', 'c')
  const events = followEvents(opened.log, { after: 1, replays: replays() })
  expect(await take(events, 1)).toEqual([2])
  await events.return(undefined)
})

test('a program that takes its time loses nothing', async () => {
  const opened = await openLog()
  const events = followEvents(opened.log, { replays: replays() })
  const first = take(events, 1)
  await append(opened, 'a')
  expect(await first).toEqual([0])
  for (const words of ['b', 'c', 'd']) await append(opened, words)
  expect(await take(events, 3)).toEqual([1, 2, 3])
  await events.return(undefined)
})

test('a long log comes in pages, from the store', async () => {
  const store = createMemoryStore()
  const first = await openLog(store)
  for (let count = 0; count < 10; count++) await append(first, 'x'.repeat(100_000))
  const events = followEvents((await openLog(store)).log, { replays: replays() })
  expect(await take(events, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  await events.return(undefined)
})

test('the signal ends it, while it waits and before it began', async () => {
  const { log } = await openLog()
  const controller = new AbortController()
  const waiting = followEvents(log, { replays: replays(), signal: controller.signal })
  const next = waiting.next()
  controller.abort()
  expect(await next).toEqual({ value: undefined, done: true })
  const never = followEvents(log, { replays: replays(), signal: controller.signal })
  expect(await never.next()).toEqual({ value: undefined, done: true })
})

test('a store that cannot be read is thrown to the program', async () => {
  const store = createMemoryStore()
  await append(await openLog(store), 'a')
  const { log } = await openLog(store)
  store.holdAt(async () => {
    throw new Error('the disk is gone')
  })
  await expect(followEvents(log, { replays: replays() }).next()).rejects.toThrow('the disk is gone')
})
