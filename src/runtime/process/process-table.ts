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
  const rows = new Map<number, ProcessRow>()
  // Again until nothing new is there: what forks and goes while it is read would be neither in one listing nor the next.
  for (let found = true; found; ) {
    found = false
    for (const name of readdirSync('/proc')) {
      const pid = /^\d+$/.test(name) ? Number(name) : null
      if (pid === null || rows.has(pid)) continue
      const row = readProcess(pid)
      if (row === null) continue
      rows.set(pid, row)
      found = true
    }
  }
  return [...rows.values()]
}

/** Whether a process was started with exactly this variable in its environment. */
export const hasMarker = (pid: number, marker: string): boolean => readEnvironment(pid).includes(marker)

/** Whether a process was started with a variable of this name. */
export const hasVariable = (pid: number, name: string): boolean =>
  readEnvironment(pid).some((variable) => variable.startsWith(`${name}=`))

function readEnvironment(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
  } catch {
    return []
  }
}

/** What a process is called in a message: its command line, or its name, in plain characters and no longer than that. */
export function describeProcess({ pid }: { pid: number }): string {
  const read = (file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8')
    } catch {
      return ''
    }
  }
  const command =
    read('cmdline').replace(/\0+$/, '').replaceAll('\0', ' ') || read('comm').trim() || 'unknown'
  const plain = command.replace(/\p{C}/gu, '?')
  return `${plain.length > NAME_CHARS_MAX ? `${plain.slice(0, NAME_CHARS_MAX)}…` : plain} (${pid})`.toWellFormed()
}

const NAME_CHARS_MAX = 80

/** Whether this very process still runs. Without /proc, a pid is all there is to go by. */
export function isAlive(process: { pid: number; start: string }): boolean {
  if (!hasProcessTable()) return answersSignals(process.pid)
  const row = readProcess(process.pid)
  return row !== null && !row.zombie && row.start === process.start
}

/** Whether a process is a child of this very one. Not of another that was given its pid. */
export const isChildOf = (child: ProcessRow, parent: { pid: number; start: string }): boolean =>
  child.parent === parent.pid && readProcess(parent.pid)?.start === parent.start

/** Whether some process has this pid. */
export function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
