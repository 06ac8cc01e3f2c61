/**
 * Which processes belong to a turn. Agents start their tools in sessions and groups of their own, so that no one
 * relation finds them all: cgroup, parent, group, session and the environment's marker each find what the others miss.
 */
import { cgroupPids } from './cgroup.ts'
import { findOrphans } from './orphans.ts'
import { hasMarker, isChildOf, type ProcessRow, readProcess, readProcessTable } from './process-table.ts'

/**
 * @param turn.name  in the environment of everything that the turn started, as BREAKGLASS_TURN
 * @param turn.shim  the supervisor; null when nobody knows any more which it was
 * @param turn.begun whether the agent has begun: from then on its supervisor is no member, nor is the tail that it has.
 *   Before, it is what the turn consists of: were it spared, it could begin the agent behind the turn's back
 * @param turn.agent the agent's pid, the leader of its session and group; null when it is not known
 * @param turn.feeder the shim's own tail
 * @param turn.cgroup the directory of the turn's cgroup; null when it has none
 */
export function createTurnMembers(turn: {
  name: string
  shim: { pid: number; start: string } | null
  begun: boolean
  agent: number | null
  feeder: number | null
  cgroup: string | null
}) {
  const marker = `BREAKGLASS_TURN=${turn.name}`
  const markers = turn.begun ? [marker] : [marker, `BREAKGLASS_SHIM=${turn.name}`]
  const known = new Set<string>()
  /** Whose environment was read, and is not the turn's: it cannot become so. */
  const strangers = new Set<string>()
  const key = (row: ProcessRow): string => `${row.pid} ${row.start}`
  // The agent's pid names its session and group as long as no stranger leads them.
  const leader = turn.agent === null ? null : readProcess(turn.agent)
  const isOurs =
    leader !== null &&
    ((turn.shim !== null && isChildOf(leader, turn.shim)) || hasMarker(leader.pid, marker) === true)
  const leaderStart = isOurs ? leader.start : null
  const outsiders = new Set([process.pid, ...(turn.begun ? [turn.shim?.pid, turn.feeder] : [])])
  // A pid that was given away again before the turn began is somebody else's.
  const isYounger = (row: ProcessRow): boolean => Number(row.start) >= Number(turn.shim?.start ?? 0)

  const isMarked = (row: ProcessRow): boolean => {
    if (strangers.has(key(row))) return false
    const marked = hasMarker(row.pid, ...markers)
    // None at all may be that of a process that is just beginning its program.
    if (marked === false) strangers.add(key(row))
    return marked === true
  }

  const findMembers = (rows: ProcessRow[]): Map<number, ProcessRow> => {
    const children = Map.groupBy(rows, (row) => row.parent)
    const members = new Map<number, ProcessRow>()
    const add = (row: ProcessRow): void => {
      if (members.has(row.pid)) return
      members.set(row.pid, row)
      known.add(key(row))
      for (const child of children.get(row.pid) ?? []) add(child)
    }
    const inCgroup = new Set(pidsInCgroup())
    const isLeaderOurs = rows.every((row) => row.pid !== turn.agent || row.start === leaderStart)
    for (const row of rows) {
      // Not by the shim as parent: it has children of its own, that write down how the agent ended.
      const related = isLeaderOurs && (row.session === turn.agent || row.group === turn.agent)
      const isMember = related || inCgroup.has(row.pid) || known.has(key(row))
      if (isMember || isMarked(row)) add(row)
    }
    return members
  }

  const pidsInCgroup = (): number[] => (turn.cgroup === null ? [] : cgroupPids(turn.cgroup))
  const readRows = (): ProcessRow[] =>
    readProcessTable().filter((row) => isYounger(row) && !outsiders.has(row.pid))
  /** Those that need no look at all of /proc to be found; with a cgroup, as a rule all there are. */
  const readNearRows = (): ProcessRow[] => {
    const pids = new Set([...pidsInCgroup(), ...[...known].map((name) => Number(name.split(' ')[0]))])
    return [...pids].flatMap((pid) => readProcess(pid) ?? []).filter((row) => !outsiders.has(row.pid))
  }
  const alive = (rows: Iterable<ProcessRow>): ProcessRow[] => [...rows].filter((row) => !row.zombie)

  return {
    /** The members alive now. What was a member once stays one, wherever it moves to. */
    scan(): ProcessRow[] {
      const near = turn.cgroup === null ? [] : alive(findMembers(readNearRows()).values())
      // Only on purpose can anything have left the cgroup: that is looked for when nothing is left in it.
      return near.length > 0 ? near : alive(findMembers(readRows()).values())
    },
    /**
     * What no relation tells any more, but may well be the turn's. Nothing, where a cgroup leaves no doubt, nor where
     * nobody knows when the turn began: it could be anything that runs on this machine.
     */
    orphans(): ProcessRow[] {
      if (turn.cgroup !== null || turn.shim === null) return []
      const rows = readRows()
      const members = findMembers(rows)
      return alive(findOrphans(rows.filter((row) => !members.has(row.pid))))
    },
  }
}

export type TurnMembers = ReturnType<typeof createTurnMembers>
