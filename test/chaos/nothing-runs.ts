/** Whether a turn is really over: no process of it, nor of its supervisor. */
import { join } from 'node:path'
import type { TestServer } from '../support/server.ts'
import { until } from './within.ts'
import { livingOf, livingOn } from './worded-processes.ts'

const SUPERVISOR_LEAVES_MS = 3_000

/** @returns what runs for longer than a supervisor needs to leave */
export async function whatRuns(server: TestServer, id: string): Promise<string[]> {
  // First what the turn's end promises at once.
  const agents = livingOf(id, 1)
  if (agents.length > 0) return agents.map((pid) => `process ${pid} still runs`)
  const find = () => livingOn(join(server.dataDir, 'sessions', id))
  try {
    await until(SUPERVISOR_LEAVES_MS, 'the supervisor', () => find().length === 0)
    return []
  } catch {
    return find().map((pid) => `process ${pid} of its supervisor still runs`)
  }
}
