/** What runs on this machine, as /proc tells it. Linux only; elsewhere the table is null. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { isShortage, readIfThere } from './unreadable.ts'

export type ProcessRow = {
  pid: number
  parent: number
  group: number
  session: number
  /** Clock ticks after boot. A pid with its start names a process for good; a pid alone does not. */
  start: string
  /** Dead, but not yet waited for, and with it all its threads: it answers kill(pid, 0), and does nothing more. */
  zombie: boolean
}

export const hasProcessTable = (): boolean => existsSync('/proc/self/stat')

/** One process; null when there is none. @throws when it cannot be told */
export function readProcess(pid: number): ProcessRow | null {
  const stat = readIfThere(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  if (stat === null) return null
  // proc(5): the name in parentheses may hold spaces and parentheses itself; field 3 follows the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    pid,
    parent: Number(fields[1]),
    group: Number(fields[2]),
    session: Number(fields[3]),
    start: fields[19] ?? '',
    // One whose first thread has ended says Z as well, though the others run on.
    zombie: (fields[0] === 'Z' || fields[0] === 'X') && Number(fields[17]) <= 1,
  }
}

/** Listings of /proc: what forks and goes while it is read would be neither in one listing nor the next. */
const PASSES_MAX = 3

/** Every process, zombies included. */
export function readProcessTable(): ProcessRow[] {
  const rows = new Map<number, ProcessRow>()
  let found = true
  for (let pass = 0; found && pass < PASSES_MAX; pass++) {
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

/** Whether a process was started with exactly one of these variables in its environment; null when it shows none at all. */
export function hasMarker(pid: number, ...markers: string[]): boolean | null {
  const environment = readEnvironment(pid)
  return environment.length === 0 ? null : markers.some((marker) => environment.includes(marker))
}

/** Whether a process was started with a variable of this name. */
export const hasVariable = (pid: number, name: string): boolean =>
  readEnvironment(pid).some((variable) => variable.startsWith(`${name}=`))

/** None for a process of somebody else's, for one that is beginning a program just now, and for a kernel thread. */
function readEnvironment(pid: number): string[] {
  const own = readText(`/proc/${pid}/environ`)
  if (own !== '') return own.split('\0')
  // A first thread that has ended has none any more; those that run on do.
  const threads = readIfThere(() => readdirSync(`/proc/${pid}/task`)) ?? []
  for (const thread of threads) {
    const text = thread === String(pid) ? '' : readText(`/proc/${pid}/task/${thread}/environ`)
    if (text !== '') return text.split('\0')
  }
  return []
}

/** Empty when it is not there, or not for us to read. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (error) {
    if (isShortage(error)) throw error
    return ''
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

/** The program that a process runs, by its file's name: nothing that the process says of itself. */
export const programOf = ({ pid }: { pid: number }): string => {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`))
  } catch {
    return 'unknown'
  }
}

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
