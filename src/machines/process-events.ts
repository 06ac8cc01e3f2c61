/**
 * What a process machine, its port and its session say to each other. The port (src/runtime) is the one that has pids
 * and files; everything here is about them, and names none.
 */
import type { Asked } from './approvals.ts'
import type { Answer, OutputRecord } from './events.ts'

/** Why a process ended. The first cause wins. `finished`: it said its result, but had to be stopped after it. */
export type Cause =
  | 'exited'
  | 'finished'
  | 'cancelled'
  | 'timed_out'
  | 'stalled'
  | 'output_limit'
  | 'spawn_failed'
  | 'disk_full'
  | 'lost'
  | 'interrupted'

/** Delays in milliseconds. `turnTimeoutMs: null` is no timeout. */
export type ProcessDelays = {
  /** From the start to the kill ladder. */
  turnTimeoutMs: number | null
  /** How much of that has passed already: an adopted turn has what is left. */
  elapsedMs?: number
  /** How long the agent may say nothing before the log says so; null for ever. */
  stallNoticeMs: number | null
  /** How long it may say nothing before it is stopped; null for ever. */
  stallKillMs: number | null
  /** From the agent's own result to the kill ladder, when it does not exit. */
  resultGraceMs: number
  /** From the agent's own interrupt to SIGTERM. */
  interruptGraceMs: number
  /** From SIGTERM to SIGKILL. */
  terminateGraceMs: number
  /** From SIGKILL to giving up on what survives it. */
  killGraceMs: number
}

/** What becomes of processes that an agent leaves behind: ended; named in a notice; left alone. They are counted always. */
export type LeftoverPolicy = 'kill' | 'report' | 'keep'

/** After a turn that ended by itself, and after one whose agent gave in to its own interrupt. */
export type LeftoverPolicies = { ended: LeftoverPolicy; stopped: LeftoverPolicy }

/** How the agent left. `error` is the end of its stderr, or why it never ran. */
export type Exit = { exitCode: number | null; signal: string | null; error: string }

/** What is to be known of a process that ended. `survivors` counts processes that are still there, or may be. */
export type ProcessOutput = Exit & {
  cause: Cause
  /** What the agent's own result complained of; null when there was no result, or a good one. */
  resultError: string | null
  survivors: number
}

/**
 * An adopted turn goes on where it was: with its kill ladder when it was being stopped, and for the same cause; and with
 * what its agent's result complained of.
 */
export type ProcessInput = {
  turn: number
  delays: ProcessDelays
  leftovers: LeftoverPolicies
  stop?: Cause | null
  resultError?: string | null
  /** Whether the agent waits for answers. */
  asking?: boolean
}

/** What a port says. `spool` is opaque here: how far the agent's output was read, stored with the records. */
export type PortEvent =
  | { type: 'STARTED' }
  | { type: 'START_FAILED'; cause: 'spawn_failed' | 'disk_full'; error: string }
  | { type: 'OUTPUT'; records: OutputRecord[]; spool: unknown }
  /** The agent said something that makes no records. */
  | { type: 'HEARD' }
  /** The agent has said more than it may; `error` says how much that is. */
  | { type: 'OVERFLOWED'; error: string }
  /** The agent said its result. `error` is its complaint, null when all went well. */
  | { type: 'FINISHED'; error: string | null }
  | ({ type: 'EXITED' } & Exit)
  /** `spare`: what may still run of it is not this server's to stop. */
  | { type: 'LOST'; cause: 'lost' | 'interrupted'; error: string; spare?: boolean }
  | { type: 'CLEARED'; survivors: number }

/** What a port is told. */
export type PortCommand =
  /** If nothing was started yet, start nothing: CLEARED is the answer. Otherwise STARTED comes in any case. */
  | { type: 'ABANDON' }
  | SayAnswer
  /** The agent waits for no answer any more: from now on its time counts anew, and that is to be on record. */
  | { type: 'RESUMED' }
  /** Nothing more will be said to the agent: end its stdin. */
  | { type: 'END_INPUT' }
  /** Ask the agent to stop in its own way. */
  | { type: 'INTERRUPT'; cause: Cause }
  /** SIGTERM to everything of the turn. CLEARED follows once nothing of it is left. */
  | { type: 'TERMINATE'; cause: Cause }
  /** SIGKILL to everything of the turn until nothing is left. CLEARED follows in any case. */
  | { type: 'KILL'; cause: Cause }
  /** The agent is gone: say what it left behind, and stop nothing. CLEARED follows in any case. */
  | { type: 'REPORT'; policy: LeftoverPolicy }

/** Tell the agent what became of what it asked. */
export type SayAnswer = { type: 'ANSWER'; asked: Asked; answer: Answer }

/** What its session tells a process. */
type ProcessCommand =
  | { type: 'STOP' }
  | SayAnswer
  /** Whether the agent waits for answers: then time is the operator's, and no clock of the agent's runs. */
  | { type: 'ASKING'; asking: boolean }

export type ProcessEvent = PortEvent | ProcessCommand
