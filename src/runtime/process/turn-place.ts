/** Where the processes of a turn's newest start are to be found. */
import { join } from 'node:path'
import { findTurnCgroup } from './cgroup.ts'
import type { KilledTurn } from './kill.ts'
import { readCgroup } from './run-directory.ts'
import type { TurnContext } from './turn.ts'

export function turnPlace({ turnName, cursor, runDir, cgroup }: TurnContext): KilledTurn {
  const dir = runDir(cursor.attempt)
  const { parent, name } = cgroup(cursor.attempt)
  return {
    ...{ runDir: dir, name: turnName, boot: cursor.boot },
    cgroup: findTurnCgroup(readCgroup(dir), join(parent ?? '/', name)),
  }
}
