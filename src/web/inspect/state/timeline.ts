/**
 * The time of a recording: as it was between two steps, but a pause in which nothing happens is squeezed. Pure; all in
 * milliseconds from the first step on.
 */
import { LIMITS } from '../../limits.ts'

export type Timeline = {
  /** When each step is due; never falls. */
  offsets: readonly number[]
  durationMs: number
}

/** @param times of the steps, ISO 8601, in order */
export function createTimeline(times: readonly string[]): Timeline {
  let offset = 0
  const offsets = times.map((at, index) => {
    const gap = index === 0 ? 0 : Date.parse(at) - Date.parse(times[index - 1]!)
    // A log that was damaged may have any time in it.
    offset += Number.isFinite(gap)
      ? Math.min(Math.max(gap, LIMITS.stepShownMinMs), LIMITS.pauseShownMaxMs)
      : 0
    if (index === 0) offset = 0
    return offset
  })
  return { offsets, durationMs: offsets.at(-1) ?? 0 }
}

/** The step that was the last by then; -1 before the first. */
export function stepAt({ offsets }: Timeline, ms: number): number {
  let [low, high] = [0, offsets.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (offsets[middle]! <= ms) low = middle + 1
    else high = middle
  }
  return low - 1
}
