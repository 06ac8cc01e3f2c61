/**
 * How far this device's clock is ahead of the server's: a phone that is five minutes off must not show a deadline, or an
 * age, that is. The server tells its time, to the second, whenever it answers; events that come make that exact. Pure.
 */

/** What the server's clock showed at a moment of one that nobody sets; both in ms. */
export type Served = { at: number; seenAt: number }

/**
 * @param now `performance.now()`, as `seenAt`
 * @param wall `Date.now()` at the same moment
 * @returns what is to be added to the server's times, in ms; 0 until it has told
 */
export const aheadOf = (served: Served | null, { now, wall }: { now: number; wall: number }): number =>
  served === null ? 0 : wall - served.at - (now - served.seenAt)

export type ServerClock = { aheadMs: number; served: Served | null }

export const NO_CLOCK: ServerClock = { aheadMs: 0, served: null }

/** @param seen.at the newest event's; undefined: there is none */
export function followClock(
  clock: ServerClock,
  seen: { served: Served | null; at: string | undefined; now: number; wall: number },
): ServerClock {
  const { served, at, wall } = seen
  const told = served === clock.served ? clock.aheadMs : aheadOf(served, seen)
  // No event is of the future: whatever came on the way here has made the difference larger.
  const bound = at === undefined ? Number.POSITIVE_INFINITY : wall - Date.parse(at)
  return { aheadMs: Math.min(told, bound), served }
}
