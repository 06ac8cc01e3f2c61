/**
 * The run directory: all that one start of an agent leaves on disk, and that a server needs to take it over again.
 * It owns the names and formats of the files; shim.sh writes its half of them.
 */
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Launch } from '../agents/agent.ts'
import { readIfThere } from './unreadable.ts'

const READ_AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK

/** Written to every run directory; another version is refused, never guessed at. */
export const RUN_FORMAT = 2

export type Claim = { pid: number; start: string; boot: string }

/**
 * Prepares a run: everything is on disk before `run.json` appears, so a directory with it is complete.
 * Doing it again before the claim is harmless. What fails leaves nothing behind: on a full disk, room is what is needed.
 */
export function prepareRun(dir: string, launch: Launch): void {
  if (existsSync(join(dir, 'run.json'))) return
  const remove = (): void => rmSync(dir, { recursive: true, force: true })
  remove()
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    for (const name of ['out', 'err']) writeFileSync(join(dir, name), '', { mode: 0o600 })
    if (launch.input !== null) writeFileSync(join(dir, 'in'), launch.input, { mode: 0o600 })
    for (const [name, content] of Object.entries(launch.files))
      writeFileSync(join(dir, name), content, { mode: 0o600 })
    const run = { format: RUN_FORMAT, argv: launch.argv }
    writeFileSync(join(dir, 'run.json.new'), JSON.stringify(run), { mode: 0o600 })
    renameSync(join(dir, 'run.json.new'), join(dir, 'run.json'))
  } catch (error) {
    remove()
    throw error
  }
}

/** The format of a prepared run; null when there is none, NaN when it cannot be told. */
export function runFormat(dir: string): number | null {
  const text = readOrNull(join(dir, 'run.json'))
  if (text === null) return null
  try {
    return Number(JSON.parse(text).format)
  } catch {
    return Number.NaN
  }
}

/** Whether somebody runs it, or has, or nobody ever will: it must not be started. */
export const isClaimed = (dir: string): boolean => claimStat(dir) !== null

/**
 * Claims a run for nobody: a shim that is on its way comes too late. By a symbolic link, which is there whole or not at
 * all, takes no room on a full disk, and is no shim's.
 * @returns false when a shim was faster, and the agent runs, or has
 */
export function abandonRun(dir: string): boolean {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  try {
    symlinkSync('abandoned', join(dir, 'claim'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return isAbandoned(dir)
}

/** Whether the run is claimed for nobody. */
export const isAbandoned = (dir: string): boolean => claimStat(dir)?.isSymbolicLink() ?? false

const claimStat = (dir: string) => readIfThere(() => lstatSync(join(dir, 'claim')))

/** Who runs it, or did; null when nobody does, or the claim is damaged. */
export function readClaim(dir: string): Claim | null {
  const match = /^(\d+) (\S+) (\S+)\n$/.exec(readOrNull(join(dir, 'claim')) ?? '')
  return match ? { pid: Number(match[1]), start: match[2]!, boot: match[3]! } : null
}

/** Where the shim says that the turn's cgroup is, once the agent is in it. To be checked: agents can write there. */
export const readCgroup = (dir: string): string | null => readOrNull(join(dir, 'cgroup'))?.trim() || null

/** A pid that the shim wrote: `agent` or `feeder`; null while there is none. */
export function readPid(dir: string, name: 'agent' | 'feeder'): number | null {
  const match = /^(\d+)\n$/.exec(readOrNull(join(dir, name)) ?? '')
  return match ? Number(match[1]) : null
}

/** The agent's exit status as sh reports it: above 128 for a signal. Null while there is none, or no valid one. */
export function readExitStatus(dir: string): number | null {
  const match = /^(\d{1,3})\n$/.exec(readOrNull(join(dir, 'exit')) ?? '')
  return match ? Number(match[1]) : null
}

/** What the agent last said on stderr, at most `charsMax` characters of it. */
export function readStderrEnd(dir: string, charsMax: number): string {
  const bytesMax = charsMax * 4
  try {
    const file = openSync(join(dir, 'err'), 'r')
    try {
      const size = fstatSync(file).size
      const buffer = Buffer.alloc(Math.min(size, bytesMax))
      const count = readSync(file, buffer, 0, buffer.length, size - buffer.length)
      return buffer.toString('utf8', 0, count).trim().slice(-charsMax)
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}

/** How much the agent has said, on stdout and stderr; bytes. */
export const outputBytes = (dir: string): { out: number; err: number } => ({
  out: sizeOf(join(dir, 'out')),
  err: sizeOf(join(dir, 'err')),
})

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/**
 * Says something to the agent, whatever was said before. One append: a reader never sees it torn; on a line of its own,
 * even behind what a full disk has cut.
 */
export function appendInput(dir: string, text: string): void {
  const file = join(dir, 'in')
  appendFileSync(file, endsLine(file) ? text : `\n${text}`)
}

function endsLine(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const last = Buffer.alloc(1)
    return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last.toString() === '\n')
  } finally {
    closeSync(file)
  }
}

/** Where the next that is said to the agent would stand; bytes. */
export const inputBytes = (dir: string): number => sizeOf(join(dir, 'in'))

/** Says something at its place; again is harmless. */
export function writeInput(dir: string, { at, text }: { at: number; text: string }): void {
  const bytes = Buffer.from(text)
  const file = openSync(join(dir, 'in'), 'r+')
  try {
    // On a full disk a write is short, and says nothing.
    if (writeSync(file, bytes, 0, bytes.length, at) < bytes.length) throw new Error('no room for all of it')
  } finally {
    closeSync(file)
  }
}

const readOrNull = (path: string): string | null =>
  readIfThere(() =>
    // It is looked for after each line of an agent, and to find out by opening it costs ten times as much.
    statSync(path, { throwIfNoEntry: false }) === undefined
      ? null
      : // Whatever was put in its place, a FIFO say: this server is not to wait for it.
        readFileSync(path, { encoding: 'utf8', flag: READ_AT_ONCE }),
  )
