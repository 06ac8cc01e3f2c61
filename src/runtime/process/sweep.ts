/** Signals what is left of a turn, again and again, until nothing is: then it is cleared. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../limits.ts'
import type { Killer, Left, StopSignal } from './killer.ts'

export type Sweeper = { escalate(signal: StopSignal): void }

/**
 * @param options.killer null while the turn has no processes to be found; asked again before each scan
 * @param options.isDone whether the agent itself is known to be gone
 * @param options.cleared called when nothing is left, or with what SIGKILL did not end within its grace; once, unless it
 *   throws: then again after the next scan
 */
export function sweep(options: {
  signal: StopSignal
  killer: () => Killer | null
  isDone: () => boolean
  isDetached: () => boolean
  cleared: (left: Left) => void
  /** A scan failed, or `cleared` did; the next is tried all the same. */
  onFault: (error: unknown) => void
}): Sweeper {
  let { signal } = options
  /** Who is alive; null when that cannot be told. */
  const scan = (to: StopSignal): Left | null => {
    try {
      return options.killer()?.signal(to) ?? []
    } catch (error) {
      options.onFault(error)
      return null
    }
  }
  /** @returns whether it could be said */
  const clear = (left: Left): boolean => {
    try {
      options.cleared(left)
      return true
    } catch (error) {
      options.onFault(error)
      return false
    }
  }
  const run = async (): Promise<void> => {
    let emptyScans = 0
    let killingSince: number | null = null
    // By the clock, not by counting: scans take their time where much is going on.
    const isLate = (): boolean =>
      killingSince !== null && performance.now() - killingSince >= LIMITS.killGraceMs
    while (!options.isDetached()) {
      if (signal === 'SIGKILL') killingSince ??= performance.now()
      const begun = performance.now()
      const alive = scan(signal)
      // Two in a row: what forks while it is looked for can be missed by one.
      emptyScans = alive?.length === 0 ? emptyScans + 1 : 0
      if (((emptyScans >= 2 && options.isDone()) || isLate()) && clear(alive ?? [])) return
      // Where there are thousands of processes a scan takes long: the rest of the server is to have its share.
      await sleep(Math.max(LIMITS.killScanMs, 3 * (performance.now() - begun)))
    }
  }
  void run()
  return {
    escalate(to) {
      signal = to
    },
  }
}
