/** kill -9 on a full disk: whether the next server makes do with what room there is, or needs some first. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../../src/runtime/limits.ts'
import type { CrashingServer } from './crashing-server.ts'
import type { SmallDisk } from './full-disk.ts'

/** @returns whether the next server started while the disk was full; null when the same one goes on */
export async function crashWhileFull({
  kill,
  crashing,
  disk,
}: {
  kill: boolean
  crashing: CrashingServer
  disk: SmallDisk
}): Promise<boolean | null> {
  if (!kill) return null
  await crashing.server.kill()
  try {
    await crashing.start()
    // It looks at once, and then as often as that.
    await sleep(LIMITS.spoolPollMs)
    return true
  } catch {
    disk.makeRoom()
    await crashing.start()
    return false
  }
}
