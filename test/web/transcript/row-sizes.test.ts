import { beforeEach, describe, expect, it } from 'vitest'
import type { Row } from '../../../src/web/transcript/row.ts'
import { createRowSizes, type RowSizes } from '../../../src/web/transcript/row-sizes.ts'

const text = (key: string, length = 10): Row => ({
  ...{ type: 'text', key, at: null, text: 'x'.repeat(length), isWriting: false },
})
const texts = (from: number, to: number, length?: number): Row[] =>
  Array.from({ length: to - from }, (_, index) => text(`e${from + index}`, length))

describe('the sizes of rows', () => {
  let sizes: RowSizes
  beforeEach(() => {
    sizes = createRowSizes()
  })

  it('are what was seen, and for others of their kind and length the mean of that', () => {
    sizes.follow([...texts(0, 4), text('long', 4_000)], 0)
    sizes.note(0, 30)
    sizes.note(1, 50)
    expect(sizes.sum(0, 2)).toBe(80)
    expect(sizes.sum(2, 4)).toBe(80)
    const guess = sizes.sum(4, 5)
    sizes.note(4, 1_000)
    expect([guess, sizes.sum(4, 5)]).toEqual([90, 1_000])
    expect(sizes.meanPx).toBe(360)
  })

  it('stay with their rows when others come in front of them and behind', () => {
    sizes.follow(texts(10, 20), 0)
    sizes.note(0, 30)
    sizes.note(9, 50)
    expect(sizes.follow(texts(0, 25), 10)).toBe(true)
    expect([sizes.sum(10, 11), sizes.sum(19, 20)]).toEqual([30, 50])
    expect(sizes.sum(0, 10)).toBe(400)
    expect(sizes.sum(20, 25)).toBe(200)
  })

  it('are those of the same list although the first row is another, as the mark of a day is, and the last', () => {
    sizes.follow([text('day'), ...texts(10, 20), text('writing')], 0)
    sizes.note(5, 70)
    expect(sizes.follow([text('day 0'), ...texts(0, 20), text('written')], 10)).toBe(true)
    expect(sizes.sum(15, 16)).toBe(70)
  })

  it('begin anew with another list', () => {
    sizes.follow(texts(0, 3), 0)
    sizes.note(0, 30)
    expect(sizes.follow(texts(100, 103), 0)).toBe(false)
    sizes.note(0, 40)
    expect(sizes.sum(0, 1)).toBe(40)
  })

  it('tell which row is at some height, from the beginning and from the end', () => {
    sizes.follow(texts(0, 3), 0)
    for (const index of [0, 1, 2]) sizes.note(index, 100)
    expect([-5, 0, 99, 100, 250, 9_999].map(sizes.indexAt)).toEqual([0, 0, 0, 1, 2, 2])
    expect([0, 1, 100, 101, 9_999].map((px) => sizes.indexAbove(3, px))).toEqual([3, 2, 2, 1, 0])
  })

  it('are guesses again on another screen, by what is seen there', () => {
    sizes.follow(texts(0, 3), 0)
    sizes.note(0, 30)
    sizes.forget()
    sizes.note(1, 60)
    expect(sizes.sum(0, 3)).toBe(180)
  })
})
