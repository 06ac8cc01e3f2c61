import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createInUse } from '../../src/runtime/in-use.ts'
import { collectGarbage } from '../support/collect.ts'

function open({ restingMax = 2 } = {}) {
  const loads: string[] = []
  const busy = new Set<string>()
  let fails = false
  const inUse = createInUse({
    load: async (id) => {
      loads.push(id)
      await nextTurn()
      if (fails) throw new Error('no store')
      return { id, weight: Array(1_000).fill(id) }
    },
    isAtRest: ({ id }) => !busy.has(id),
    restingMax,
  })
  return { inUse, loads, busy, fail: (now: boolean) => (fails = now) }
}

test('who asks at once, or later, gets the same', async () => {
  const { inUse, loads } = open()
  const [a, b] = await Promise.all([inUse.get('a'), inUse.get('a')])
  expect(a).toBe(b)
  expect(await inUse.get('a')).toBe(a)
  expect(await inUse.find('a')).toBe(a)
  expect(loads).toEqual(['a'])
})

test('the few that were asked for last stay; the others go, and are loaded again', async () => {
  const { inUse, loads } = open()
  for (const id of ['a', 'b', 'a', 'c', 'a', 'd']) await inUse.get(id)
  await collectGarbage()
  expect(inUse.size).toBe(2)
  expect(await inUse.find('b')).toBeNull()
  for (const id of ['a', 'd', 'b']) expect((await inUse.get(id)).id).toBe(id)
  expect(loads).toEqual(['a', 'b', 'c', 'd', 'b'])
})

test('what somebody holds stays the same, however many were asked for since', async () => {
  const { inUse, loads } = open()
  const held = await inUse.get('held')
  for (const id of ['a', 'b', 'c', 'd']) await inUse.get(id)
  await collectGarbage()
  expect(await inUse.get('held')).toBe(held)
  expect(loads.filter((id) => id === 'held')).toHaveLength(1)
})

test('what is busy stays though nobody holds it, and goes when it has come to rest', async () => {
  const { inUse, busy, loads } = open()
  busy.add('a')
  await inUse.get('a')
  for (const id of ['b', 'c', 'd']) await inUse.get(id)
  await collectGarbage()
  await inUse.get('a')
  expect(loads.filter((id) => id === 'a')).toHaveLength(1)
  busy.delete('a')
  inUse.note(await inUse.get('a'))
  for (const id of ['b', 'c', 'd']) await inUse.get(id)
  await collectGarbage()
  expect(await inUse.find('a')).toBeNull()
})

test('what cannot be loaded is tried again by the next who asks', async () => {
  const { inUse, fail } = open()
  fail(true)
  const tries = [inUse.get('a'), inUse.get('a')]
  for (const result of await Promise.allSettled(tries)) expect(result.status).toBe('rejected')
  fail(false)
  expect((await inUse.get('a')).id).toBe('a')
})

test('what was removed is nobody’s, whatever it says afterwards', async () => {
  const { inUse } = open()
  const removed = await inUse.get('a')
  inUse.remove('a')
  inUse.note(removed)
  expect(await inUse.find('a')).toBeNull()
  expect(await inUse.all()).toEqual([])
  expect(await inUse.get('a')).not.toBe(removed)
})

test('all there are includes what is on its way', async () => {
  const { inUse } = open()
  await inUse.get('a')
  void inUse.get('b')
  expect((await inUse.all()).map(({ id }) => id)).toEqual(['a', 'b'])
})
