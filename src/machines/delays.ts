/** Delays as setTimeout can take them. */

/** setTimeout fires at once for anything beyond 2³¹−1 ms. */
const DELAY_MAX_MS = 2 ** 31 - 1
/** What is that long stands for none: a delay has to be some number. */
export const isNever = (delayMs: number): boolean => delayMs >= DELAY_MAX_MS
/** What is no number is as long as can be: a turn must not end by mistake. */
export const clampDelay = (ms: number | null): number => {
  const bounded = Math.min(Math.max(ms ?? DELAY_MAX_MS, 0), DELAY_MAX_MS)
  return Number.isNaN(bounded) ? DELAY_MAX_MS : bounded
}
