import { expect, test } from 'vitest'
import { EMPTY_TAIL, extendTail, readTail } from '../../../src/runtime/log/tail.ts'
import { idsOf, segment } from './given.ts'

const UNBOUNDED = Number.POSITIVE_INFINITY
const tailOf = (bytesMax: number, ...segments: ReturnType<typeof segment>[]) =>
  segments.reduce((tail, next) => extendTail(tail, next, bytesMax), EMPTY_TAIL)

test('an empty tail reaches nobody', () => {
  expect(readTail(EMPTY_TAIL, -1, UNBOUNDED)).toBeNull()
})

test('from every cursor that it reaches, a tail gives all that follows, and at the head nothing', () => {
  const tail = tailOf(UNBOUNDED, segment(3, 5), segment(6, 6), segment(7, 9))
  for (let after = 2; after < 9; after++) {
    const read = readTail(tail, after, UNBOUNDED)!
    expect([read.first, read.last]).toEqual([after + 1, 9])
    expect(idsOf(read)).toEqual([3, 4, 5, 6, 7, 8, 9].filter((id) => id > after))
  }
  expect(readTail(tail, 9, UNBOUNDED)).toBeNull()
  expect(readTail(tail, 1, UNBOUNDED)).toBeNull()
  expect(readTail(tail, -1, UNBOUNDED)).toBeNull()
})

test('an answer is bounded, but never empty', () => {
  const [first, second] = [segment(0, 1), segment(2, 2)]
  const tail = tailOf(UNBOUNDED, first, second, segment(3, 3))
  expect(idsOf(readTail(tail, -1, 1))).toEqual([0, 1])
  expect(idsOf(readTail(tail, -1, first.frames.length + second.frames.length))).toEqual([0, 1, 2])
})

test('what is beyond the bound goes, the oldest first', () => {
  const size = segment(0, 0).frames.length
  const tail = tailOf(2 * size, segment(0, 0), segment(1, 1), segment(2, 2))
  expect(tail.bytes).toBe(2 * size)
  expect(readTail(tail, -1, UNBOUNDED)).toBeNull()
  expect(idsOf(readTail(tail, 0, UNBOUNDED))).toEqual([1, 2])
})

test('the newest segment stays, however large', () => {
  const tail = tailOf(10, segment(0, 0), segment(1, 1, 'x'.repeat(1_000)))
  expect(idsOf(readTail(tail, 0, UNBOUNDED))).toEqual([1])
})

test('a tail is a value: an extended one leaves the old one as it was', () => {
  const tail = tailOf(UNBOUNDED, segment(0, 0))
  extendTail(tail, segment(1, 1), 1)
  expect(idsOf(readTail(tail, -1, UNBOUNDED))).toEqual([0])
})
