/**
 * The temporary directory of one run of tests, for all that it makes: several runs can go on at the same time, and what
 * is left below it, or still runs there, is this run's own leak. Linux only, as far as processes are concerned.
 */
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../chaos/within.ts'
import { isRunning } from './processes.ts'

/** Supervisors leave a moment after their agents, and nobody hears of it. */
const LEAVE_MS_MAX = 5_000

type Process = { pid: number; name: string }

/** From here on, whatever asks for a temporary directory, in children as well, gets one below this one. */
export function makeRunDir(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'breakglass-run-')))
  process.env.TMPDIR = dir
  return dir
}

/** @returns what was left behind, a line each; then it is gone, files and processes */
export async function clearRunDir(dir: string): Promise<string[]> {
  const find = () => findProcesses(dir)
  await until(LEAVE_MS_MAX, 'processes to end', () => find().length === 0).catch(() => {})
  const processes = find()
  for (const { pid } of processes) kill(pid)
  const files = readdirSync(dir)
  rmSync(dir, { recursive: true, force: true })
  return [
    ...processes.map(({ pid, name }) => `the process ${pid} (${name})`),
    ...files.map((file) => `${join(dir, file)}`),
  ]
}

/** Everything with this directory in its environment, as its own or among its arguments; but for our own children. */
function findProcesses(dir: string): Process[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry)
    if (!Number.isInteger(pid) || pid === process.pid || !isRunning(pid)) return []
    try {
      const read = (file: string): string => readFileSync(`/proc/${pid}/${file}`, 'latin1')
      // Those who run the tests: they end with the run.
      if (new RegExp(`^PPid:\\s+${process.pid}$`, 'm').test(read('status'))) return []
      const isHere = [read('environ'), read('cmdline'), readlinkSync(`/proc/${pid}/cwd`)].some((text) =>
        text.includes(dir),
      )
      return isHere ? [{ pid, name: read('comm').trim() }] : []
    } catch {
      // Gone, or somebody else's.
      return []
    }
  })
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone by itself.
  }
}
