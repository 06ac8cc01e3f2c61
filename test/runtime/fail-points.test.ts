import { expect, test } from 'vitest'
import type { LogRecord } from '../../src/machines/events.ts'
import { type FailPoint, withFailPoints } from '../../src/runtime/fail-points.ts'
import { createMemoryStore } from '../support/memory-store.ts'
import { appendOf, queued, sessionRow, text, turnEnd, turnStart, user } from './log/given.ts'

/** A store with these sessions in it, which notes the instants that it comes to. */
async function openStore(...ids: string[]) {
  const memory = createMemoryStore()
  const points: FailPoint[] = []
  const store = withFailPoints(memory, (point) => void points.push(point))
  for (const id of ids) await store.create(sessionRow(id))
  /** Commits these records, each behind what its session holds. */
  const commit = async (records: Record<string, Parameters<typeof appendOf>[1]>, spool: unknown = null) => {
    const appends = Object.entries(records).map(async ([id, records]) => {
      const row = await store.get(id)
      if (row === null || row === 'deleted') throw new Error(`there is no ${id}`)
      return appendOf(row, records, { spool })
    })
    await store.commit(await Promise.all(appends))
    return points.splice(0)
  }
  return { memory, store, points, commit }
}

test('nothing is an instant but what is kept of a turn, and its session’s end', async () => {
  const { store, points } = await openStore('a')
  await store.edit('a', { title: 'x' }, '2026-11-22T10:00:00.000Z')
  await store.list()
  expect(points).toEqual([])
  await store.remove('a', '2026-11-22T10:00:00.000Z')
  expect(points).toEqual(['before-delete', 'after-delete'])
})

test('a turn goes from its record over what is said to its exit', async () => {
  const { commit } = await openStore('a')
  for (let turn = 1; turn <= 2; turn++) {
    expect(await commit({ a: [user('hi', turn), turnStart(turn)] })).toEqual([
      'before-record',
      'after-record',
    ])
    expect(await commit({ a: [text('x', turn)] })).toEqual(['before-append', 'after-append'])
    expect(await commit({ a: [] }, { offset: 7 })).toEqual(['before-append', 'after-append'])
    expect(await commit({ a: [text('y', turn), turnEnd(turn)] })).toEqual(['before-exit', 'after-exit'])
  }
})

test('a prompt that has waited is recorded behind the word that it waits no more', async () => {
  const { commit } = await openStore('a')
  await commit({ a: [user('hi'), turnStart(), queued('p')] })
  await commit({ a: [turnEnd()] })
  const start: LogRecord[] = [
    { kind: 'dequeued', promptId: 'p', reason: 'started', turn: 1 },
    user('prompt p', 2),
    turnStart(2),
  ]
  expect(await commit({ a: start })).toEqual(['before-record', 'after-record'])
})

test('a spool that moves on while no turn runs is no exit', async () => {
  const { commit } = await openStore('a')
  await commit({ a: [user('hi'), turnStart(), turnEnd()] })
  expect(await commit({ a: [] }, { offset: 7 })).toEqual(['before-append', 'after-append'])
})

test('a turn that is over in one commit has exited', async () => {
  const { commit } = await openStore('a')
  expect(await commit({ a: [user('hi'), turnStart(), turnEnd()] })).toEqual(['before-exit', 'after-exit'])
})

test('one commit for several sessions comes to the instants of each', async () => {
  const { commit } = await openStore('a', 'b')
  await commit({ a: [user('hi'), turnStart()] })
  expect(await commit({ a: [turnEnd()], b: [user('hi'), turnStart()] })).toEqual([
    ...['before-exit', 'before-record'],
    ...['after-exit', 'after-record'],
  ])
})

test('before is before it is kept, and after is after it', async () => {
  const memory = createMemoryStore()
  await memory.create(sessionRow('a'))
  const heads: (readonly [FailPoint, number])[] = []
  const store = withFailPoints(memory, (point) => heads.push([point, memory.commits.length]))
  await store.commit([appendOf(sessionRow('a'), [user('hi'), turnStart()])])
  expect(heads).toEqual([
    ['before-record', 0],
    ['after-record', 1],
  ])
})

test('what could not be kept has no after', async () => {
  const { memory, commit, points } = await openStore('a')
  memory.failNext('storage_full')
  await expect(commit({ a: [user('hi'), turnStart()] })).rejects.toMatchObject({ code: 'storage_full' })
  expect(points).toEqual(['before-record'])
})
