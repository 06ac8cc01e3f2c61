/** Stops everything that a turn started, and says what is left. Decides nothing: the process machine does. */
import { bootId } from './boot.ts'
import { killCgroup } from './cgroup.ts'
import type { Killer } from './killer.ts'
import { hasProcessTable, type ProcessRow, readProcess } from './process-table.ts'
import { RUN_FORMAT, readCgroup, readClaim, readPid, runFormat } from './run-directory.ts'
import { createTreeKiller } from './tree-killer.ts'
import { createTurnMembers, type TurnMembers } from './turn-members.ts'

/**
 * @returns null when there is nothing to be found: nobody ran the turn, the machine was restarted since, or another
 *   version of this server ran it, whose files are not to be guessed at
 */
export function openKiller(runDir: string, turnName: string): Killer | null {
  const shim = readClaim(runDir)
  if (shim === null || runFormat(runDir) !== RUN_FORMAT || shim.boot !== bootId()) return null
  const agent = readPid(runDir, 'agent')
  if (!hasProcessTable()) return createTreeKiller(agent)
  const cgroup = readCgroup(runDir)
  const marker = `BREAKGLASS_TURN=${turnName}`
  const feeder = readPid(runDir, 'feeder')
  return createScanningKiller(createTurnMembers({ marker, shim, agent, feeder, cgroup }), cgroup)
}

function createScanningKiller(members: TurnMembers, cgroup: string | null): Killer {
  const signalled = new Set<string>()
  return {
    note: () => void members.scan(),
    alive: members.scan,
    orphans: members.orphans,
    signal(signal) {
      const alive = members.scan()
      if (signal === 'SIGKILL' && cgroup !== null) killCgroup(cgroup)
      for (const row of alive) {
        const mark = `${signal} ${row.pid} ${row.start}`
        // SIGKILL again and again: it costs nothing, and what forks while it dies is found by the next scan.
        if (signal !== 'SIGKILL' && signalled.has(mark)) continue
        signalled.add(mark)
        send(row, signal)
      }
      return alive
    },
  }
}

function send(row: ProcessRow, signal: NodeJS.Signals): void {
  // Looked at again: between the scan and here the pid may have been given to somebody else.
  if (readProcess(row.pid)?.start !== row.start) return
  try {
    process.kill(row.pid, signal)
    // What was stopped takes no other signal before it goes on.
    if (signal !== 'SIGKILL') process.kill(row.pid, 'SIGCONT')
  } catch {
    // Gone by itself.
  }
}
