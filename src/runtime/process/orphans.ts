/**
 * Processes that have cut every tie to what started them: their parent is gone, and they have a session of their own and
 * none of the environment. Where turns have no cgroup, nobody can say whose they are: they are reported, and never signalled.
 */
import { readFileSync } from 'node:fs'
import { hasVariable, type ProcessRow } from './process-table.ts'
import { findReaper } from './reaper.ts'

/**
 * @param rows who is younger than the turn and no member of it
 * @returns with them all that they have started
 */
export function findOrphans(rows: ProcessRow[]): ProcessRow[] {
  const ours = cgroupsOf(process.pid)
  const reaper = findReaper()
  // Else it is another turn's, or the supervisor of one whose server died.
  const isUnmarked = ({ pid }: ProcessRow): boolean =>
    !hasVariable(pid, 'BREAKGLASS_TURN') && !hasVariable(pid, 'BREAKGLASS_SHIM')
  const isOrphan = (row: ProcessRow): boolean =>
    (row.parent === 1 || row.parent === reaper) &&
    // A service that was started meanwhile has a cgroup of its own; an agent is in this server's.
    cgroupsOf(row.pid) === ours &&
    isUnmarked(row)
  const children = Map.groupBy(rows, (row) => row.parent)
  const withChildren = (row: ProcessRow): ProcessRow[] => [
    row,
    ...(children.get(row.pid) ?? []).filter(isUnmarked).flatMap(withChildren),
  ]
  return rows.filter(isOrphan).flatMap(withChildren)
}

function cgroupsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'latin1')
  } catch {
    return ''
  }
}
