/** Removes the run directories that no turn needs any more, and first what may still run in them unknown to any log. */
import { readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findTurnCgroup, removeCgroup } from './cgroup.ts'
import { openKiller } from './kill.ts'
import { isAlive } from './process-table.ts'
import { RUN_FORMAT, readCgroup, readClaim, readExitStatus, runFormat } from './run-directory.ts'
import { sweep } from './sweep.ts'

/**
 * @param runs the directory of a session's runs
 * @param keep `run` of the newest turn's spool cursor; null to remove all
 */
export async function removeOldRuns(
  runs: string,
  keep: string | null,
  turnNameOf: (parts: { turn: string; run: string }) => string,
): Promise<void> {
  for (const name of listNow(runs)) {
    // TURN.ATTEMPT.RUN
    const [turn = '', , run = ''] = name.split('.')
    if (keep !== null && run === keep) continue
    const dir = join(runs, name)
    const format = runFormat(dir)
    // Another version's: it may run, and nobody here knows how to tell.
    if (format !== null && format !== RUN_FORMAT) continue
    const said = readCgroup(dir)
    const cgroup = said?.endsWith(`.${name}`) ? findTurnCgroup(said, said) : null
    await endRun(dir, turnNameOf({ turn, run }), cgroup).catch(() => {})
    if (cgroup !== null) removeCgroup(cgroup)
    // What cannot be removed now is tried again by the next turn.
    await rm(dir, { recursive: true, force: true }).catch(() => {})
  }
}

/** At once: the runs of turns that begin meanwhile are not to be among them. */
function listNow(runs: string): string[] {
  try {
    return readdirSync(runs)
  } catch {
    return []
  }
}

/** An agent whose turn no log holds: the log was restored from a backup. It has nobody who would ever stop it. */
async function endRun(dir: string, turnName: string, cgroup: string | null): Promise<void> {
  const shim = readClaim(dir)
  if (shim === null || readExitStatus(dir) !== null || !isAlive(shim)) return
  const { boot } = shim
  const killer = openKiller({ runDir: dir, name: turnName, cgroup, boot })
  const never = () => false
  await new Promise<unknown>((cleared) => {
    sweep({
      ...{ signal: 'SIGKILL', killer: () => killer, isDone: () => true, isDetached: never },
      ...{ cleared, onFault: () => {} },
    })
  })
}
