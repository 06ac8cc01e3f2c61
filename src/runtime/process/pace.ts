/**
 * So many in so many milliseconds; who comes beyond that waits for the next, in order. Our own, since it stands in the way of
 * every line: p-queue does the same for 100 µs, with a timer that runs all the time (docs/performance.md).
 */

export type Pace = () => Promise<void> | undefined

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
    for (const go of waiting.splice(0, left)) {
      left--
      go()
    }
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
