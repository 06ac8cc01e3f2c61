/**
 * How high each row of a list is, in px: as it was when it was last seen, and before that as rows of its kind and length
 * are on this screen. Kept by place, so that a sum over tens of thousands is nothing. Knows no page.
 */
import type { Row } from './row.ts'

/** What a row is taken for as long as none of its kind has been seen. */
const UNSEEN_PX = 90
const UNKNOWN = -1

export type RowSizes = ReturnType<typeof createRowSizes>

export function createRowSizes() {
  let sizes: number[] = []
  let kinds: number[] = []
  /** Some rows, by which a list is known again: not all keep their keys when others come in front. */
  let marks: { index: number; key: string }[] = []
  const names = new Map<string, number>()
  const means: { px: number; count: number }[] = []
  const all = { px: UNSEEN_PX, count: 0 }

  const kindAt = (row: Row): number => {
    const name = kindOf(row)
    const kind = names.get(name) ?? means.push({ px: UNSEEN_PX, count: 0 }) - 1
    names.set(name, kind)
    return kind
  }
  const sizeAt = (index: number): number => {
    const size = sizes[index]!
    return size === UNKNOWN ? means[kinds[index]!]!.px : size
  }

  return {
    /**
     * @param added so many of `rows` are new in front of those of the call before
     * @returns whether it is the same list, grown or not
     */
    follow(rows: readonly Row[], added: number): boolean {
      const isSame = marks.some(({ index, key }) => rows[index + added]?.key === key)
      if (!isSame) [sizes, kinds] = [[], []]
      else if (added > 0) {
        sizes = [...Array<number>(added).fill(UNKNOWN), ...sizes]
        kinds = [...rows.slice(0, added).map(kindAt), ...kinds]
      }
      sizes.length = kinds.length = Math.min(sizes.length, rows.length)
      for (const row of rows.slice(sizes.length)) {
        sizes.push(UNKNOWN)
        kinds.push(kindAt(row))
      }
      marks = [0, rows.length >> 1, rows.length - 1].flatMap((index) => {
        const row = rows[index]
        return row === undefined ? [] : [{ index, key: row.key }]
      })
      return isSame
    },
    /** It has been seen: it is so high. */
    note(index: number, px: number): void {
      const size = sizes[index]
      if (size === undefined || size === px) return
      if (size === UNKNOWN) {
        for (const mean of [means[kinds[index]!]!, all]) {
          mean.count++
          mean.px += (px - mean.px) / mean.count
        }
      }
      sizes[index] = px
    },
    /** Of a row that has been seen, whatever its kind. */
    get meanPx(): number {
      return all.px
    },
    /** All of them together, from one index up to another. */
    sum(from: number, to: number): number {
      let px = 0
      for (let index = from; index < to; index++) px += sizeAt(index)
      return px
    },
    /** @returns the index of the row that is so far below the beginning; of the last when none is */
    indexAt(px: number): number {
      let rest = px
      let index = 0
      while (index < sizes.length - 1 && rest >= sizeAt(index)) rest -= sizeAt(index++)
      return index
    },
    /** @returns the index of the row that is so far above the end of the row before `end`; of the first when none is */
    indexAbove(end: number, px: number): number {
      let rest = px
      let index = end
      while (index > 0 && rest > 0) rest -= sizeAt(--index)
      return index
    },
    /** The screen is another: what was seen is a guess from now on. */
    forget(): void {
      sizes.fill(UNKNOWN)
      for (const mean of [...means, all]) mean.count = 0
    },
  }
}

/** Rows that are about as high: of one kind, and with about as much in them. */
function kindOf(row: Row): string {
  const text = row.type === 'tool' ? (row.result?.text ?? '') : 'text' in row ? row.text : ''
  const name = row.type === 'tool' ? (row.use?.name ?? '') : ''
  return `${row.type} ${name} ${Math.round(2 * Math.log2(text.length + 1))}`
}
