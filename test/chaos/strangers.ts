/** Processes that take over the pids of a turn that has died, and count every signal that comes to them. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isRunning } from '../support/processes.ts'

const PROGRAM = resolve(import.meta.dirname, '../fixtures/pid-wrap/stranger.pl')

const LAST_PID = '/proc/sys/kernel/ns_last_pid'
/** Beyond this are the strangers that may have any pid. */
const PIDS_MAX = 20_000

/** The first leads a session; the others are its children and lead one each. */
export type Family = readonly [number, ...number[]]

/**
 * @param dir to be made, and removed at the end
 * @param families the pids to take; nobody else may have them
 * @throws when one of them could not be had
 */
export function startStrangers(dir: string, families: readonly Family[]) {
  mkdirSync(dir)
  const last = Number(readFileSync(LAST_PID, 'latin1'))
  // A family of one has a plain child all the same, so that a signal to its group or session meets more than one.
  for (const [root, ...children] of families)
    execFileSync('perl', [PROGRAM, dir, ...[root, ...(children.length > 0 ? children : [0])].map(String)], {
      // Not a pipe: they would hold it.
      stdio: 'ignore',
    })
  // What the turns start next must not take the pids of those that are still to die.
  writeFileSync(LAST_PID, String(last < PIDS_MAX ? last : 300))
  const pids = readdirSync(dir).map(Number)
  const missing = families.flat().filter((pid) => !pids.includes(pid))
  const signalsOf = (pid: number): string[] => [
    ...readFileSync(join(dir, String(pid)), 'utf8')
      .split('\n')
      .slice(0, -1),
    ...(isRunning(pid) ? [] : ['KILL']),
  ]
  const strangers = {
    /** How many there are. */
    count: pids.length,
    /** What came to whom: "TERM to 123". */
    signals: () => pids.flatMap((pid) => signalsOf(pid).map((signal) => `${signal} to ${pid}`)),
    end(): void {
      for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL')
      rmSync(dir, { recursive: true, force: true })
    },
  }
  if (missing.length === 0) return strangers
  strangers.end()
  throw new Error(`no stranger could be given pid ${missing.join(', ')}`)
}

export type Strangers = ReturnType<typeof startStrangers>
