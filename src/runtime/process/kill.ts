/** Stops everything that a turn started, and says what is left. Decides nothing: the process machine does. */
import treeKill from 'tree-kill'
import { answersSignals, bootId, hasProcessTable, type ProcessRow, readProcess } from './process-table.ts'
import { readClaim, readPid } from './run-directory.ts'
import { createTurnMembers, type TurnMembers } from './turn-members.ts'

export type Killer = {
  /**
   * Notes who belongs to the turn now, before anything is done to it: once the agent is gone, what it started in a
   * session of its own and without our mark could not be told from anything else.
   */
  note(): void
  /** Signals every process of the turn that has not had this signal yet. @returns how many are alive */
  signal(signal: NodeJS.Signals): number
}

/** @returns null when there is nothing to be found: nobody ran the turn, or the machine was restarted since */
export function openKiller(runDir: string, turnName: string): Killer | null {
  const shim = readClaim(runDir)
  if (shim === null) return null
  const agent = readPid(runDir, 'agent')
  if (!hasProcessTable()) return createTreeKiller(agent)
  if (shim.boot !== bootId()) return null
  const marker = `BREAKGLASS_TURN=${turnName}`
  return createScanningKiller(createTurnMembers({ marker, shim, agent, feeder: readPid(runDir, 'feeder') }))
}

function createScanningKiller(members: TurnMembers): Killer {
  const signalled = new Set<string>()
  return {
    note: () => void members.scan(),
    signal(signal) {
      const alive = members.scan()
      for (const row of alive) {
        const mark = `${signal} ${row.pid} ${row.start}`
        // SIGKILL again and again: it costs nothing, and what forks while it dies is found by the next scan.
        if (signal !== 'SIGKILL' && signalled.has(mark)) continue
        signalled.add(mark)
        send(row, signal)
      }
      return alive.length
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

/** Without /proc: children by parent, as `ps` and `pgrep` show them. What re-parents itself is missed. */
function createTreeKiller(agent: number | null): Killer {
  return {
    note() {},
    signal(signal) {
      if (agent === null || !answersSignals(agent)) return 0
      treeKill(agent, signal, () => {})
      return 1
    },
  }
}
