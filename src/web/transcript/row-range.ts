/** Which rows of a list are to be there, given what can be seen of it: a few more or fewer at a time. Pure. */

/** Rows from `first` up to `last`, which is not one of them. */
export type Range = { first: number; last: number }

/** In px from the beginning of the list. `moved`: how far down since the frame before. */
export type View = { top: number; height: number; moved: number }

/** Screens of rows beyond what can be seen: made where it moves to, or all around when it rests; and left there. */
const AHEAD_SCREENS = 1
const KEPT_SCREENS = 1.5

/** @param tops where the rows of the range begin, and last where they end */
export const isInSight = (tops: readonly number[], { top, height }: View): boolean =>
  tops.length > 1 && tops[0]! < top + height && tops.at(-1)! > top

/**
 * @param range of which something is in sight
 * @param count how many rows there are
 * @param step so many come at once at most
 * @returns the same object when it is as it should be
 */
export function nextRange(
  range: Range,
  tops: readonly number[],
  { top, height, moved }: View,
  count: number,
  step: number,
): Range {
  const { first, last } = range
  const bottom = top + height
  const ahead = height * AHEAD_SCREENS
  const kept = height * KEPT_SCREENS
  const lacksAbove = (px: number): boolean => first > 0 && tops[0]! > top - px
  const lacksBelow = (px: number): boolean => last < count && tops.at(-1)! < bottom + px
  // What is in sight before all else; then where it moves to.
  const grows = lacksAbove(0)
    ? 'up'
    : lacksBelow(0)
      ? 'down'
      : moved >= 0 && lacksBelow(ahead)
        ? 'down'
        : moved <= 0 && lacksAbove(ahead)
          ? 'up'
          : null
  const isOver = last - first > step && tops[step]! < top - kept
  const isUnder = last - first > step && tops[last - first - step]! > bottom + kept
  if (grows === null && !isOver && !isUnder) return range
  return {
    first: grows === 'up' ? Math.max(0, first - step) : isOver ? first + step : first,
    last: grows === 'down' ? Math.min(count, last + step) : isUnder ? last - step : last,
  }
}
