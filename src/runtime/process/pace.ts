/**
 * How often turns are read, all together: where many talk at once, they are read in batches. Our own, since it stands in the
 * way of every line: p-queue does the same for 100 µs, with a timer that runs all the time (docs/performance.md).
 */

/** Fulfilled when a turn that was read may be read again; undefined when it may at once. */
export type Pace = () => Promise<void> | undefined

/** @returns lets `max` go in `perMs` milliseconds, and those who come beyond that in the next, in order */
export function createPace({ max, perMs }: { max: number; perMs: number }): Pace {
  const waiting: (() => void)[] = []
  let endsAt = 0
  let left = 0

  const begin = (): void => {
    endsAt = performance.now() + perMs
    left = max
  }
  const goOn = (): void => {
    begin()
    const going = waiting.splice(0, max)
    left -= going.length
    for (const go of going) go()
    if (waiting.length > 0) setTimeout(goOn, perMs)
  }

  return () => {
    if (waiting.length === 0 && performance.now() >= endsAt) begin()
    if (left > 0) {
      left--
      return undefined
    }
    // The first of them: those behind it are let go with it.
    if (waiting.length === 0) setTimeout(goOn, endsAt - performance.now())
    return new Promise((resolve) => void waiting.push(resolve))
  }
}
