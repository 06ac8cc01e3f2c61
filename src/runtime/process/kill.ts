/** Stops everything that a turn started, and says what is left. Decides nothing: the process machine does. */
import { bootId } from './boot.ts'
import { cgroupPids, isPopulated, killCgroup } from './cgroup.ts'
import type { Killer, Left } from './killer.ts'
import { hasProcessTable, hasVariable } from './process-table.ts'
import { readClaim, readExitStatus, readPid } from './run-directory.ts'
import { signalProcess } from './signal-process.ts'
import { createTreeKiller } from './tree-killer.ts'
import { createTurnMembers, type TurnMembers } from './turn-members.ts'

export type KilledTurn = {
  runDir: string
  /** The value of `BREAKGLASS_TURN`. */
  name: string
  /** The directory of its cgroup; null when it has none. */
  cgroup: string | null
  /** Under which start of the machine it began. */
  boot: string
}

/**
 * Without a claim (the directory is gone, or damaged) the turn's name and its cgroup still tell what is its own.
 * @returns null when there is nothing to be found: nobody ran the turn, or the machine was restarted since
 */
export function openKiller(turn: KilledTurn): Killer | null {
  if (turn.boot !== bootId()) return null
  const signs = readSigns(turn)
  const { shim, agent, begun, cgroup } = signs
  if (!hasProcessTable()) return createTreeKiller(begun ? agent : (shim?.pid ?? null))
  return createScanningKiller(createTurnMembers(signs), cgroup)
}

/** Who belongs to a turn of this start of the machine, where there is a process table. */
export const findTurnMembers = (turn: KilledTurn): TurnMembers | null =>
  turn.boot === bootId() && hasProcessTable() ? createTurnMembers(readSigns(turn)) : null

/** What its run directory tells of a turn's processes. */
function readSigns({ runDir, name, cgroup }: KilledTurn) {
  const agent = readPid(runDir, 'agent')
  return {
    ...{ name, cgroup, agent, shim: readClaim(runDir), feeder: readPid(runDir, 'feeder') },
    begun: agent !== null || readExitStatus(runDir) !== null,
  }
}

function createScanningKiller(members: TurnMembers, cgroup: string | null): Killer {
  const signalled = new Set<string>()
  /** A cgroup that is not empty though nobody is found in it holds somebody all the same. */
  const withUnseen = (alive: Left): Left =>
    alive.length === 0 && cgroup !== null && isPopulated(cgroup)
      ? cgroupPids(cgroup).map((pid) => ({ pid }))
      : alive
  return {
    note: () => void members.scan(),
    // Asked at a turn's end: what carries the shell's output is plumbing, and goes with what still holds it.
    alive: () => withUnseen(members.scan()).filter(({ pid }) => !hasVariable(pid, 'BREAKGLASS_SHIM')),
    orphans: members.orphans,
    signal(signal) {
      // First of all: to look for many takes longer than to end them.
      if (signal === 'SIGKILL' && cgroup !== null) killCgroup(cgroup)
      const alive = members.scan()
      for (const row of alive) {
        const mark = `${signal} ${row.pid} ${row.start}`
        // SIGKILL again and again: it costs nothing, and what forks while it dies is found by the next scan.
        if (signal !== 'SIGKILL' && signalled.has(mark)) continue
        signalled.add(mark)
        signalProcess(row, signal)
      }
      return withUnseen(alive)
    },
  }
}
