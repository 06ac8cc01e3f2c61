/** What a row has cost on this device so far, and whether a list moves faster than rows can be made. Knows no rows. */

const FRAME_MS = 1_000 / 60
/** Of the newest in the mean. */
const WEIGHT = 0.25

/** @param now milliseconds of a clock that nobody sets */
export function createRowPace(now: () => number) {
  let rowMs = 1
  let seen = { top: 0, at: now() }
  let pxPerMs = 0
  let begun: { count: number; at: number } | null = null
  return {
    /** Told in each frame in which the list may have moved. @returns how far, in px */
    move(top: number): number {
      const at = now()
      const moved = top - seen.top
      pxPerMs = Math.abs(moved) / Math.max(FRAME_MS, at - seen.at)
      seen = { top, at }
      return moved
    },
    /** So many rows are about to be made. */
    begin(count: number): void {
      begun = { count, at: now() }
    },
    /** They have been laid out. */
    end(): void {
      if (begun !== null && begun.count > 0) rowMs += ((now() - begun.at) / begun.count - rowMs) * WEIGHT
      begun = null
    },
    /** More passes by in a frame than can be made in one: nobody could read it, and it would be late for the next. */
    isTooFast: (rowPx: number): boolean => ((pxPerMs * FRAME_MS) / rowPx) * rowMs > FRAME_MS,
  }
}
