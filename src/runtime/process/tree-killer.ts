/**
 * Stops a turn where there is no /proc: the agent's group, and its children by parent, as far as `ps` (or macOS's
 * `pgrep`) shows them. What has left the group and lost its parent is missed: docs/operations.md says so.
 */
import treeKill from 'tree-kill'
import { findProgram } from '../find-program.ts'
import type { Killer } from './killer.ts'
import { answersSignals } from './process-table.ts'

/** Each look at the tree starts a process for each process in it: SIGKILL is not repeated with every scan. */
const KILL_EVERY_SCANS = 20

/**
 * @param leader the agent's pid, or its supervisor's as long as there is no agent: the leader of its group where
 *   setsid(1) is to be had; null when nobody is to be ended
 */
export function createTreeKiller(leader: number | null): Killer {
  const scans = { SIGTERM: 0, SIGKILL: 0 }
  const alive = () =>
    leader !== null && (answersSignals(leader) || answersSignals(-leader)) ? [{ pid: leader }] : []
  return {
    note() {},
    alive,
    orphans: () => [],
    signal(signal) {
      const found = alive()
      const count = scans[signal]++
      const isDue = count === 0 || (signal === 'SIGKILL' && count % KILL_EVERY_SCANS === 0)
      if (isDue) for (const { pid } of found) signalTree(pid, signal)
      return found
    },
  }
}

function signalTree(pid: number, signal: NodeJS.Signals): void {
  const signalGroup = (): void => {
    // And itself: where there is no setsid(1) it leads none.
    for (const target of [-pid, pid]) send(target, signal)
  }
  // tree-kill does not listen for a failed spawn of its tool: where that is missing, it would end this server.
  const tool = findProgram(process.platform === 'darwin' ? 'pgrep' : 'ps', process.env.PATH ?? '')
  // Not before its children were looked for: they would have another parent by then.
  if (tool !== null) treeKill(pid, signal, signalGroup)
  else signalGroup()
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal)
  } catch {
    // There is no such group, or it is gone by itself.
  }
}
