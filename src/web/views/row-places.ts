/**
 * Where the rows of a list stand of which only some are there: in the flow, between two empty boxes as high as all the
 * others. What is measured above what is looked at changes the upper box and not the scroller, so that nothing jumps and
 * no fling is cut short. Knows nothing of time.
 */
import type { Range } from '../transcript/row-range.ts'
import type { RowSizes } from '../transcript/row-sizes.ts'
import type { Rows } from '../transcript/rows.ts'

/** More are not there for having come while nobody could see them. */
const ROWS_MAX = 1_000

export type Boxes = { above: HTMLElement; below: HTMLElement; scroller: HTMLElement }

/** @param viewPx the height of what can be seen */
export function createRowPlaces(sizes: RowSizes, viewPx: () => number) {
  let list: Rows = { rows: [], added: 0 }
  let range: Range = { first: 0, last: 0 }
  /** Where rows begin, and last where they end: px below the beginning of the upper box. */
  let tops: readonly number[] = []
  /** Of the upper box: sums of what is not yet seen are guesses, and this is what became of them. */
  let abovePx = 0
  /** What is to be moved in the scroller because something came in front. */
  let cameInFront = 0
  /** The first row in sight, and where it stands. */
  let anchor: { key: string; top: number } | null = null

  const goTo = (to: Range): void => {
    range = to
    abovePx = sizes.sum(0, to.first)
    anchor = null
  }
  const toEnd = (): void => {
    const last = list.rows.length
    goTo({ first: sizes.indexAbove(last, viewPx()), last })
  }
  const shift = (px: number): void => {
    if (px === 0) return
    abovePx += px
    tops = tops.map((top) => top + px)
  }

  return {
    get range(): Range {
      return range
    },
    get tops(): readonly number[] {
      return tops
    },
    /** Takes up a list that has changed. @param isAtEnd whether its end is what is looked at */
    follow(changed: Rows, isAtEnd: boolean): void {
      if (changed === list) return
      list = changed
      const { rows, added } = list
      if (!sizes.follow(rows, added)) {
        toEnd()
        return
      }
      const inFront = sizes.sum(0, added)
      abovePx += inFront
      cameInFront += inFront
      if (anchor !== null) anchor.top += inFront
      const within = (index: number): number => Math.min(index + added, rows.length)
      range = { first: within(range.first), last: isAtEnd ? rows.length : within(range.last) }
      if (range.last - range.first > ROWS_MAX) toEnd()
    },
    /** Other rows of the list, of which some stay. */
    change(to: Range): void {
      abovePx +=
        to.first < range.first ? -sizes.sum(to.first, range.first) : tops[to.first - range.first]! - tops[0]!
      range = to
    },
    /** Rows somewhere else, so far below the beginning. */
    jump(px: number): void {
      const first = sizes.indexAt(px)
      const last = Math.min(list.rows.length, sizes.indexAt(px + viewPx()) + 1)
      if (last === list.rows.length) toEnd()
      else goTo({ first, last })
    },
    /** What is at so many px is to stay where it is. */
    look(px: number): void {
      const index = Math.max(
        0,
        tops.findLastIndex((top) => top <= px),
      )
      const row = list.rows[Math.min(range.first + index, range.last - 1)]
      anchor = row === undefined ? null : { key: row.key, top: tops[index]! }
    },
    /** Of rows that are in the document by now, or have another size; before they are painted. */
    settle({ above, below, scroller }: Boxes): void {
      abovePx = Math.max(0, abovePx)
      above.style.height = `${abovePx}px`
      below.style.height = `${sizes.sum(range.last, list.rows.length)}px`
      const origin = above.getBoundingClientRect().top
      const measured: number[] = []
      for (let row = above.nextElementSibling; row !== null; row = row.nextElementSibling)
        measured.push(row.getBoundingClientRect().top - origin)
      tops = measured
      for (let index = 1; index < tops.length; index++)
        sizes.note(range.first + index - 1, tops[index]! - tops[index - 1]!)

      const there = list.rows.slice(range.first, range.last)
      const at = there.findIndex(({ key }) => key === anchor?.key)
      if (at >= 0) shift(anchor!.top - tops[at]!)
      // Where the list begins is no guess, above the first rows there has to be room for others, and what was guessed of
      // another place is known better by now.
      const isOff = range.first === 0 || abovePx < viewPx() || anchor === null
      const correction = isOff ? sizes.sum(0, range.first) - abovePx : 0
      shift(correction)
      above.style.height = `${abovePx}px`
      const moved = cameInFront + correction
      cameInFront = 0
      if (moved !== 0) scroller.scrollTop += moved
    },
  }
}
