/** The clocks of a turn: what the operator has set, as the process machine wants it. */
import type { ProcessDelays } from '../machines/process-events.ts'
import { LIMITS } from './limits.ts'

/** Null: for ever. */
export type TurnClocks = {
  turnTimeoutMs: number | null
  stallNoticeMs: number | null
  stallKillMs: number | null
  /** From a stop to SIGKILL. */
  killGraceMs: number
}

/** @param since how long the turn has run, and how long it is being stopped */
export const turnDelays = (clocks: TurnClocks, since = { runMs: 0, stopMs: 0 }): ProcessDelays => ({
  turnTimeoutMs: clocks.turnTimeoutMs,
  stallNoticeMs: clocks.stallNoticeMs,
  stallKillMs: clocks.stallKillMs,
  elapsedMs: since.runMs,
  resultGraceMs: LIMITS.resultGraceMs,
  // The grace is from the stop to SIGKILL; the agent's own interrupt has the first half of it.
  interruptGraceMs: Math.max(0, clocks.killGraceMs / 2 - since.stopMs),
  terminateGraceMs: Math.min(clocks.killGraceMs / 2, Math.max(0, clocks.killGraceMs - since.stopMs)),
  killGraceMs: LIMITS.killGraceMs * 2,
})
