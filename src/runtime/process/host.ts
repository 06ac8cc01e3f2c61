/**
 * The machine that turns run on, as far as a turn's port needs it: where a run is begun, found again and given up, what is
 * said to it, and what ends its processes. Whatever decides anything stands above it, so that a simulation can take its
 * place.
 */
import { type KilledTurn, openKiller } from './kill.ts'
import type { Killer } from './killer.ts'
import { openRun, type Run } from './run.ts'
import { abandonRun, inputBytes, isClaimed, outputBytes, writeInput } from './run-directory.ts'
import type { RunOptions } from './run-options.ts'

export type Host = {
  isClaimed(runDir: string): boolean
  abandonRun(runDir: string): boolean
  outputBytes(runDir: string): { out: number; err: number }
  inputBytes(runDir: string): number
  writeInput(runDir: string, said: { at: number; text: string }): void
  openRun(options: RunOptions): Promise<Run>
  openKiller(turn: KilledTurn): Killer | null
}

export const thisMachine: Host = {
  ...{ isClaimed, abandonRun, outputBytes, inputBytes, writeInput },
  ...{ openRun, openKiller },
}
