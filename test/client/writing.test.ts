import { expect, test } from 'vitest'
import type { AttachItem } from '../../src/client/items.ts'
import { followWriting, nothingWritten } from '../../src/client/writing.ts'
import type { Event } from '../../src/machines/events.ts'

const partial = (block: number, offset: number, text: string, turn = 1): AttachItem => ({
  ...{ type: 'partial', turn, block, kind: 'text', offset, text },
})
const said = (record: object, turn = 1): AttachItem => ({
  type: 'event',
  event: { id: 0, at: '', turn, ...record } as Event,
})
const finished = (block: number, turn = 1) => said({ kind: 'text', block, text: 'whole' }, turn)
const caughtUp: AttachItem = { type: 'caught-up', lastEventId: 0, state: 'running' }

const textsAfter = (...items: AttachItem[]): string[] =>
  items.reduce(followWriting, nothingWritten).map(({ text }) => text)

test('a block grows by what is added at its offset, and others beside it', () => {
  expect(textsAfter(partial(0, 0, 'so '), partial(0, 3, 'far'), partial(2, 0, 'else'))).toEqual([
    'so far',
    'else',
  ])
})

test('a block knows for whom it is written, from its first part to its last', () => {
  const parts = [partial(0, 0, 'so '), partial(0, 3, 'far')].map((part) => ({ ...part, parent: 'task' }))
  expect(parts.reduce(followWriting, nothingWritten)).toEqual([
    { turn: 1, block: 0, kind: 'text', text: 'so far', parent: 'task' },
  ])
})

test('offsets count UTF-16 code units', () => {
  expect(textsAfter(partial(0, 0, '🧯é'), partial(0, 3, '.'))).toEqual(['🧯é.'])
})

test('what comes again from an earlier offset takes the place of what was there', () => {
  expect(textsAfter(partial(0, 0, 'first try'), partial(0, 0, 'again'))).toEqual(['again'])
})

test('a block is gone when its event comes, and only that block of only that turn', () => {
  const two = [partial(0, 0, 'a'), partial(1, 0, 'b')]
  expect(textsAfter(...two, finished(0))).toEqual(['b'])
  expect(textsAfter(...two, finished(1, 2), said({ kind: 'tool_use' }), said({ kind: 'notice' }))).toEqual([
    'a',
    'b',
  ])
})

test('a block that was given up is gone', () => {
  expect(textsAfter(partial(0, 0, 'a'), partial(1, 0, 'b'), partial(0, 0, ''))).toEqual(['b'])
  expect(textsAfter(partial(0, 0, ''))).toEqual([])
})

test('nothing of a turn is being written when it has ended', () => {
  expect(textsAfter(partial(0, 0, 'a'), partial(0, 0, 'b', 2), said({ kind: 'turn_end' }))).toEqual(['b'])
})

test('every connection begins anew with what is in flight', () => {
  expect(textsAfter(partial(0, 0, 'stale'), caughtUp)).toEqual([])
  expect(textsAfter(partial(0, 0, 'stale'), { type: 'reset', reason: 'ahead', lastEventId: 0 })).toEqual([])
  expect(textsAfter(partial(0, 0, 'stale'), caughtUp, partial(0, 0, 'stale no more'))).toEqual([
    'stale no more',
  ])
})

test('a part that does not fit is left out', () => {
  expect(textsAfter(partial(0, 0, 'a'), partial(0, 5, 'b'), partial(1, 1, 'c'))).toEqual(['a'])
})

test('what was there is left as it was, and is the same when nothing changes', () => {
  const before = Object.freeze([partial(0, 0, 'a')].reduce(followWriting, nothingWritten))
  followWriting(before, partial(0, 1, 'b'))
  followWriting(before, finished(0))
  expect(before).toMatchObject([{ text: 'a' }])
  expect(followWriting(before, finished(7))).toBe(before)
  expect(followWriting(before, partial(3, 0, ''))).toBe(before)
})
