/**
 * The run directory: all that one start of an agent leaves on disk, and that a server needs to take it over again.
 * It owns the names and formats of the files; shim.sh writes its half of them.
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Launch } from '../agents/agent.ts'

/** Written to every run directory; another version is refused, never guessed at. */
export const RUN_FORMAT = 1

export type Claim = { pid: number; start: string; boot: string }

/**
 * Prepares a run: everything is on disk before `run.json` appears, so a directory with it is complete.
 * Doing it again before the claim is harmless.
 */
export function prepareRun(dir: string, launch: Launch): void {
  if (existsSync(join(dir, 'run.json'))) return
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  for (const name of ['out', 'err']) writeFileSync(join(dir, name), '', { mode: 0o600 })
  if (launch.input !== null) writeFileSync(join(dir, 'in'), launch.input, { mode: 0o600 })
  for (const [name, content] of Object.entries(launch.files))
    writeFileSync(join(dir, name), content, { mode: 0o600 })
  const run = { format: RUN_FORMAT, argv: launch.argv }
  writeFileSync(join(dir, 'run.json.new'), JSON.stringify(run), { mode: 0o600 })
  renameSync(join(dir, 'run.json.new'), join(dir, 'run.json'))
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

/** Whether somebody runs it, or has: it must not be started again. */
export const isClaimed = (dir: string): boolean => existsSync(join(dir, 'claim'))

/** Who runs it; null while nobody does, or has not said so in full yet. */
export function readClaim(dir: string): Claim | null {
  const match = /^(\d+) (\S+) (\S+)\n$/.exec(readOrNull(join(dir, 'claim')) ?? '')
  return match ? { pid: Number(match[1]), start: match[2]!, boot: match[3]! } : null
}

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

/** Says something to the agent. One append: a reader never sees it torn. */
export function appendInput(dir: string, text: string): void {
  appendFileSync(join(dir, 'in'), text)
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** Removes what turns before this one have left. What cannot be removed now is tried again by the next turn. */
export async function removeOldRuns(runs: string, turn: number): Promise<void> {
  const names = await readdir(runs).catch(() => [])
  const old = names.filter((name) => Number.parseInt(name, 10) < turn)
  for (const name of old) await rm(join(runs, name), { recursive: true, force: true }).catch(() => {})
}
