/**
 * How far this device's clock is ahead of the server's, by what the events say of their time: a phone that is five
 * minutes off must not show a deadline that is. Pure.
 */

export type ServerClock = {
  /** Add it to the server's times; in ms. */
  aheadMs: number
  /** Whether an event came live: until then, an old event and a fast clock look the same. */
  isSure: boolean
}

export const NO_CLOCK: ServerClock = { aheadMs: 0, isSure: false }

/**
 * @param seen.at the event's
 * @param seen.now `Date.now()` when it came
 * @param seen.isLive whether it came as it happened
 */
export function followClock(
  clock: ServerClock,
  { at, now, isLive }: { at: string; now: number; isLive: boolean },
): ServerClock {
  const bound = now - Date.parse(at)
  // No event is of the future: the clock is behind at least as far.
  if (clock.isSure || !isLive) return bound < clock.aheadMs ? { aheadMs: bound, isSure: clock.isSure } : clock
  return { aheadMs: bound, isSure: true }
}
