/**
 * Processes that have cut every tie to what started them: their parent is gone, and they have a session of their own and
 * none of the environment. Where turns have no cgroup, nobody can say whose they are: they are reported, and never signalled.
 */
import { readFileSync } from 'node:fs'
import { hasVariable, type ProcessRow } from './process-table.ts'
import { findReaper } from './reaper.ts'

/** @param rows who is younger than the turn and no member of it */
export function findOrphans(rows: ProcessRow[]): ProcessRow[] {
  const ours = cgroupsOf(process.pid)
  const reaper = findReaper()
  return rows.filter(
    ({ pid, parent }) =>
      (parent === 1 || parent === reaper) &&
      // A service that was started meanwhile has a cgroup of its own; an agent is in this server's.
      cgroupsOf(pid) === ours &&
      // Another turn's, or the supervisor of one whose server died.
      !hasVariable(pid, 'BREAKGLASS_TURN') &&
      !hasVariable(pid, 'BREAKGLASS_SHIM'),
  )
}

function cgroupsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'latin1')
  } catch {
    return ''
  }
}
