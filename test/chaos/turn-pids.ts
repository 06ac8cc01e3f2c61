/** The pids that a turn goes by, as its run directory names them, and the end of all that has them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestServer } from '../support/server.ts'
import { HANG_MS, until } from './within.ts'

export type TurnPids = { shim: number; agent: number; feeder: number | null }

/** Of a session's first turn. */
export async function readTurnPids(server: TestServer, id: string): Promise<TurnPids> {
  const runs = join(server.dataDir, 'sessions', id, 'runs')
  const read = (name: string): number | null => {
    try {
      const run = readdirSync(runs).find((run) => /^1(\.|$)/.test(run))
      return Number.parseInt(readFileSync(join(runs, run ?? '', name), 'utf8'), 10) || null
    } catch {
      return null
    }
  }
  await until(HANG_MS, 'the pids of a turn', () => read('claim') !== null && read('agent') !== null)
  return { shim: read('claim')!, agent: read('agent')!, feeder: read('feeder') }
}

/** Until the kernel may give them to somebody else. */
export const untilFree = (pids: readonly number[]): Promise<void> =>
  until(HANG_MS, `the end of ${pids.join(', ')}`, () => pids.every((pid) => !existsSync(`/proc/${pid}`)))

/** Ends them for good, and in this order: a supervisor that goes first says nothing of its agent's end. */
export async function killForGood(pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // Gone by itself.
    }
  }
  await untilFree(pids)
}
