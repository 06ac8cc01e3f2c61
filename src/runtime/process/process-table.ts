/** What runs on this machine, as /proc tells it. Linux only; elsewhere the table is null. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'

export type ProcessRow = {
  pid: number
  parent: number
  group: number
  session: number
  /** Clock ticks after boot. A pid with its start names a process for good; a pid alone does not. */
  start: string
  /** Dead, but not yet waited for: it answers kill(pid, 0), and does nothing more. */
  zombie: boolean
}

export const hasProcessTable = (): boolean => existsSync('/proc/self/stat')

/** One process; null when there is none. */
export function readProcess(pid: number): ProcessRow | null {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return null
  }
  // proc(5): the name in parentheses may hold spaces and parentheses itself; field 3 follows the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    pid,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    start: fields[19] ?? '',
    zombie: fields[0] === 'Z' || fields[0] === 'X',
  }
}

/** Every process, zombies included. */
export function readProcessTable(): ProcessRow[] {
  const rows: ProcessRow[] = []
  for (const name of readdirSync('/proc')) {
    const row = /^\d+$/.test(name) ? readProcess(Number(name)) : null
    if (row !== null) rows.push(row)
  }
  return rows
}

/** Whether a process was started with exactly this variable in its environment. */
export function hasMarker(pid: number, marker: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(marker)
  } catch {
    return false
  }
}

export const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return '-'
  }
}

/** Whether this very process still runs. Without /proc, a pid is all there is to go by. */
export function isAlive(process: { pid: number; start: string }): boolean {
  if (!hasProcessTable()) return answersSignals(process.pid)
  const row = readProcess(process.pid)
  return row !== null && !row.zombie && row.start === process.start
}

/** Whether some process has this pid. */
export function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
