import { expect, test } from 'vitest'
import type { Log } from '../../../src/runtime/log/log.ts'
import { readAll, readPage } from '../../../src/runtime/log/page.ts'
import { createMemoryStore } from '../../support/memory-store.ts'
import { openLog, text } from './given.ts'

const UNBOUNDED = Number.MAX_SAFE_INTEGER
const ids = (texts: string[]): number[] => texts.map((json) => JSON.parse(json).id)

/** A log whose first `stored` commits are in the store alone, and the rest in memory as well. */
async function logOf(
  stored: number,
  inMemory: number,
): Promise<{ log: Log; store: ReturnType<typeof createMemoryStore> }> {
  const store = createMemoryStore()
  const appendTo = async (log: Log, commits: number) => {
    for (let count = 0; count < commits; count++) {
      log.append([text('a'), text('b'), text('c')])
      await log.durable()
    }
  }
  await appendTo((await openLog(store)).log, stored)
  const { log } = await openLog(store)
  await appendTo(log, inMemory)
  return { log, store }
}

test.for([
  [4, 0],
  [0, 4],
  [2, 2],
] as const)(
  'with %i commits in the store and %i in memory, pages of every size give every event once',
  async ([stored, inMemory]) => {
    const { log } = await logOf(stored, inMemory)
    const all = Array.from({ length: 12 }, (_, id) => id)
    for (const limit of [1, 2, 3, 5, 12, 100]) {
      const seen: number[] = []
      for (let more = true; more; ) {
        const page = await readPage(log, seen.length - 1, limit)
        expect(page.texts.length).toBeLessThanOrEqual(limit)
        expect(page.lastEventId).toBe(11)
        expect(page.more).toBe(seen.length + page.texts.length < 12)
        seen.push(...ids(page.texts))
        more = page.more
      }
      expect(seen).toEqual(all)
    }
  },
)

test('from every cursor, a page holds what follows', async () => {
  const { log } = await logOf(2, 2)
  for (let after = -1; after <= 11; after++) {
    const { texts, more } = await readPage(log, after, UNBOUNDED)
    expect(ids(texts)).toEqual(Array.from({ length: 11 - after }, (_, index) => after + 1 + index))
    expect(more).toBe(false)
  }
})

test('at the head, beyond it and in an empty log there is nothing, and nothing more', async () => {
  const { log } = await logOf(1, 0)
  for (const after of [2, 3, Number.POSITIVE_INFINITY])
    expect(await readPage(log, after, 10)).toEqual({ texts: [], lastEventId: 2, more: false })
  const empty = await openLog()
  expect(await readPage(empty.log, -1, 10)).toEqual({ texts: [], lastEventId: -1, more: false })
})

test('a page ends when it is large, and says that there is more', async () => {
  const { log } = await openLog()
  for (let count = 0; count < 12; count++) {
    log.append([text('x'.repeat(1024 * 1024))])
    await log.durable()
  }
  const { texts, more } = await readPage(log, -1, UNBOUNDED)
  expect(texts.length).toBeLessThan(12)
  expect(more).toBe(true)
})

test('all pages together are the whole log, from any cursor', async () => {
  const { log } = await logOf(400, 2)
  expect(ids(await Array.fromAsync(readAll(log)))).toEqual(Array.from({ length: 1_206 }, (_, id) => id))
  expect(ids(await Array.fromAsync(readAll(log, 1_203)))).toEqual([1_204, 1_205])
})

test('a session that is deleted while its log is read ends the reading', async () => {
  const { log, store } = await logOf(400, 0)
  let reads = 0
  store.holdAt(async () => {
    // Only a limit: reading for ever, without a pause, would hang this test and not fail it.
    if (++reads > 2_000) throw new Error('read for ever')
  })
  const reading = readAll(log)
  await reading.next()
  await store.remove('session', '')
  const rest = Array.fromAsync(reading)
  await rest.catch((error: Error) => expect(error.message).not.toBe('read for ever'))
})
