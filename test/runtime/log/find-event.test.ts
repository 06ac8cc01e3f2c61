import { expect, test } from 'vitest'
import type { Event } from '../../../src/machines/events.ts'
import { EMPTY_FOLD } from '../../../src/machines/fold.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { findEvent } from '../../../src/runtime/log/find-event.ts'
import { segment } from './given.ts'

/** A log with the events 0 to `head`, of which its store gives so many at once. */
function logOf(head: number, atOnce = 100) {
  const reads: [number, number][] = []
  const readStore = async (after: number) => {
    const last = Math.min(head, after + atOnce)
    if (after >= head) return null
    reads.push([after + 1, last])
    return segment(after + 1, last)
  }
  return { fold: { ...EMPTY_FOLD, lastEventId: head }, readStore, reads }
}

const isOneOf =
  (...ids: number[]) =>
  (event: Event): event is Event =>
    ids.includes(event.id)

test('the newest event that matches is found, wherever the pages end', async () => {
  const log = logOf(2_500, 70)
  for (const id of [0, 1, 69, 70, 999, 1_499, 1_500, 1_501, 2_499, 2_500])
    expect(await findEvent(log, 'text', isOneOf(id))).toMatchObject({ id })
  expect(await findEvent(log, 'text', isOneOf(3, 5, 1_200))).toMatchObject({ id: 1_200 })
  expect(await findEvent(log, 'text', isOneOf(1_210, 1_290, 1_400))).toMatchObject({ id: 1_400 })
})

test('what does not match, or lacks the name, is not found', async () => {
  const log = logOf(500)
  expect(await findEvent(log, 'text', isOneOf())).toBeNull()
  expect(await findEvent(log, 'another name', isOneOf(400))).toBeNull()
  expect(await findEvent(logOf(-1), 'text', isOneOf(0))).toBeNull()
  // Deleted while it is read.
  expect(await findEvent({ ...log, readStore: async () => null }, 'text', isOneOf(0))).toBeNull()
})

test('what is newer than the log’s end is not looked at', async () => {
  const { readStore, fold } = logOf(500)
  const log = { readStore, fold: { ...fold, lastEventId: 400 } }
  expect(await findEvent(log, 'text', isOneOf(401))).toBeNull()
  expect(await findEvent(log, 'text', isOneOf(400))).toMatchObject({ id: 400 })
})

test('the search begins at the end, and gives up beyond its limit', async () => {
  const head = LIMITS.lookBackEventsMax + 10
  const log = logOf(head, 1_000)
  expect(await findEvent(log, 'text', isOneOf(head - 5))).toMatchObject({ id: head - 5 })
  expect(log.reads).toEqual([[head - 999, head]])
  expect(await findEvent(log, 'text', isOneOf(10))).toBeNull()
  expect(await findEvent(log, 'text', isOneOf(11))).toMatchObject({ id: 11 })
})
