/** Finds what a turn leaves behind, once its agent has gone. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../limits.ts'
import type { Killer, Left } from './killer.ts'

/** What is found when nobody is to be stopped any more. `orphans` may be the turn's or not. */
export type Leftovers = { alive: Left; orphans: Left }

/**
 * What is still there. Tools that see the end of their agent need a moment to follow it.
 * @param killer null when the turn has no processes to be found
 */
export async function findLeftovers(killer: Killer | null): Promise<Leftovers> {
  if (killer === null) return { alive: [], orphans: [] }
  const look = (): Leftovers => ({ alive: killer.alive(), orphans: killer.orphans() })
  let left = look()
  for (let waitedMs = 0; left.alive.length + left.orphans.length > 0; waitedMs += LIMITS.killScanMs) {
    if (waitedMs >= LIMITS.leftoverSettleMs) break
    await sleep(LIMITS.killScanMs)
    left = look()
  }
  return left
}
