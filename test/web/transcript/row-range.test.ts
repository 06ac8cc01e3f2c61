import { describe, expect, it } from 'vitest'
import { isInSight, nextRange } from '../../../src/web/transcript/row-range.ts'

const ROW_PX = 100
const HEIGHT = 500
const STEP = 5
const COUNT = 1_000

const topsOf = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => (first + index) * ROW_PX)
const next = (first: number, last: number, top: number, moved = 0) => {
  const range = { first, last }
  const after = nextRange(range, topsOf(first, last), { top, height: HEIGHT, moved }, COUNT, STEP)
  return after === range ? 'the same' : after
}

describe('the rows that are there', () => {
  it('are a screen more than can be seen, on both sides', () => {
    expect(next(95, 115, 10_000)).toBe('the same')
    expect(next(100, 115, 10_000)).toEqual({ first: 95, last: 115 })
    expect(next(95, 105, 10_000)).toEqual({ first: 95, last: 110 })
  })

  it('come where the list moves to, and not where it comes from', () => {
    expect(next(100, 105, 10_000, 50)).toEqual({ first: 100, last: 110 })
    expect(next(100, 110, 10_000, 500)).toBe('the same')
    expect(next(100, 105, 10_000, -50)).toEqual({ first: 95, last: 105 })
  })

  it('come first of all where something is missing in sight', () => {
    expect(next(101, 105, 10_000, 50)).toEqual({ first: 96, last: 105 })
    expect(next(96, 104, 10_000, -50)).toEqual({ first: 96, last: 109 })
  })

  it('go when they are far out of sight, as many at once as come', () => {
    expect(next(80, 115, 10_000)).toEqual({ first: 85, last: 115 })
    expect(next(95, 130, 10_000)).toEqual({ first: 95, last: 125 })
    expect(next(70, 105, 10_000, 50)).toEqual({ first: 75, last: 110 })
  })

  it('end where the list does', () => {
    expect(next(0, 10, 0, -50)).toBe('the same')
    expect(next(3, 10, 300, -50)).toEqual({ first: 0, last: 10 })
    expect(next(990, 998, 99_300, 50)).toEqual({ first: 990, last: COUNT })
  })

  it('are in sight when any of them is', () => {
    const see = (top: number) => isInSight(topsOf(10, 20), { top, height: HEIGHT, moved: 0 })
    expect([499, 501, 1_999, 2_000].map(see)).toEqual([false, true, true, false])
    expect(isInSight([0], { top: 0, height: HEIGHT, moved: 0 })).toBe(false)
  })
})
