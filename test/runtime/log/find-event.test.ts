import { expect, test } from 'vitest'
import type { Event } from '../../../src/machines/events.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { findEvent } from '../../../src/runtime/log/find-event.ts'
import { segment } from './given.ts'

/** A store that has the events 0 to `head`, and gives so many at once. */
function storeOf(head: number, atOnce = 100) {
  const reads: [number, number][] = []
  const read = async (after: number) => {
    const last = Math.min(head, after + atOnce)
    if (after >= head) return null
    reads.push([after + 1, last])
    return segment(after + 1, last)
  }
  return { read, reads }
}

const isOneOf =
  (...ids: number[]) =>
  (event: Event) =>
    ids.includes(event.id)

test('the newest event that passes the test is found, wherever the pages end', async () => {
  const { read } = storeOf(2_500, 70)
  for (const id of [0, 1, 69, 70, 999, 1_499, 1_500, 1_501, 2_499, 2_500])
    expect(await findEvent(read, 2_500, isOneOf(id))).toMatchObject({ id })
  expect(await findEvent(read, 2_500, isOneOf(3, 5, 1_200))).toMatchObject({ id: 1_200 })
  expect(await findEvent(read, 2_500, isOneOf(1_210, 1_290, 1_400))).toMatchObject({ id: 1_400 })
})

test('what is newer than the head is not looked at, and what is not there is not found', async () => {
  const { read } = storeOf(500)
  expect(await findEvent(read, 400, isOneOf(401))).toBeNull()
  expect(await findEvent(read, 500, isOneOf())).toBeNull()
  expect(await findEvent(storeOf(-1).read, -1, isOneOf(0))).toBeNull()
  // Deleted while it is read.
  expect(await findEvent(async () => null, 500, isOneOf(0))).toBeNull()
})

test('the search begins at the end, and gives up beyond its limit', async () => {
  const head = LIMITS.lookBackEventsMax + 10
  const near = storeOf(head, 1_000)
  expect(await findEvent(near.read, head, isOneOf(head - 5))).toMatchObject({ id: head - 5 })
  expect(near.reads).toEqual([[head - 999, head]])
  const far = storeOf(head, 1_000)
  expect(await findEvent(far.read, head, isOneOf(10))).toBeNull()
  expect(await findEvent(far.read, head, isOneOf(11))).toMatchObject({ id: 11 })
})
