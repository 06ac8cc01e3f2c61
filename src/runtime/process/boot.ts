/** Which start of this machine it is, and how long ago: what is told in pids and in this clock dies with it. */
import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { readProcess } from './process-table.ts'
import { readIfThere } from './unreadable.ts'

/**
 * Names the present start of the machine, or of the container: there the kernel goes on, but its process 1 is another,
 * and every pid of before is nobody's. `-` where there is no /proc to tell.
 */
export const bootId = (): string => {
  known ??= readBootId()
  return known
}

/** It does not change while this server lives, and must be there when files are short. */
let known: string | null = null

function readBootId(): string {
  const boot = readIfThere(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim())
  return boot === null ? '-' : `${boot}.${readProcess(1)?.start ?? ''}`
}

/** Milliseconds since the machine started. It goes on from server to server, and nobody can set it. */
export const uptimeMs = (): number => Math.round(uptime() * 1_000)
