/** Signals what is left of a turn, again and again, until nothing is: then it is cleared. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../limits.ts'
import type { Killer } from './kill.ts'

export type StopSignal = 'SIGTERM' | 'SIGKILL'
export type Sweeper = { escalate(signal: StopSignal): void }

/**
 * @param options.killer null while the turn has no processes to be found; asked again before each scan
 * @param options.isDone whether the agent itself is known to be gone
 * @param options.cleared called once: when nothing is left, or with what SIGKILL did not end within its grace
 */
export function sweep(options: {
  signal: StopSignal
  killer: () => Killer | null
  isDone: () => boolean
  isDetached: () => boolean
  cleared: (survivors: number) => void
  /** A scan failed; the next is tried all the same. */
  onFault: (error: unknown) => void
}): Sweeper {
  let { signal } = options
  /** How many are alive; at least one when that cannot be told. */
  const scan = (to: StopSignal): number => {
    try {
      return options.killer()?.signal(to) ?? 0
    } catch (error) {
      options.onFault(error)
      return 1
    }
  }
  const run = async (): Promise<void> => {
    let emptyScans = 0
    let killingMs = 0
    while (!options.isDetached()) {
      const alive = scan(signal)
      // Two in a row: what forks while it is looked for can be missed by one.
      emptyScans = alive === 0 ? emptyScans + 1 : 0
      if ((emptyScans >= 2 && options.isDone()) || killingMs >= LIMITS.killGraceMs)
        return options.cleared(alive)
      await sleep(LIMITS.killScanMs)
      if (signal === 'SIGKILL') killingMs += LIMITS.killScanMs
    }
  }
  void run()
  return {
    escalate(to) {
      signal = to
    },
  }
}
