/**
 * What a session machine is told, what it emits and what it begins with. Its process talks to it as a port does:
 * process-events.ts.
 */
import type { Asked } from './approvals.ts'
import type { AttachedFile, LogRecord, OutputRecord, Resolution } from './events.ts'
import type { Cause, LeftoverPolicies, ProcessDelays } from './process-events.ts'

type SessionCommand =
  | {
      type: 'PROMPT'
      text: string
      /** Under which it waited in the queue. */
      promptId?: string
      by?: string
      attachments?: AttachedFile[]
      agent: string
      model: string | null
      delays: ProcessDelays
    }
  /**
   * Takes over a turn that the log left open; `stop` and `resultError` as in ProcessInput. `approvals` are those that
   * wait, with what is left of their time; null for ever.
   */
  | {
      type: 'ADOPT'
      turn: number
      cancelling: boolean
      stop?: Cause | null
      resultError?: string | null
      approvals?: { asked: Asked; remainingMs: number | null }[]
      delays: ProcessDelays
    }
  | { type: 'CANCEL'; by: string }
  /** Somebody has decided. Only the first counts: `can` says whether it would. */
  | ({ type: 'ANSWER' } & Resolution)
  /** The store could not take the turn's first records: it never was. */
  | { type: 'UNRECORDED'; turn: number }

export type SessionMachineEvent =
  | SessionCommand
  | { type: 'OUTPUT'; records: OutputRecord[]; spool: unknown }
  /** The agent can be told nothing any more: it has said its last word, or is being stopped. */
  | { type: 'DEAF' }
  /** An approval's time is over. */
  | { type: 'EXPIRE'; approvalId: string }

/** Records to append to the log in one piece, `spool` with them. */
export type Emitted = { type: 'append'; records: LogRecord[]; spool?: unknown }

export type SessionInput = {
  turn: number
  leftovers: LeftoverPolicies
  /** How long an approval waits for an answer; null for ever. */
  approvalTimeoutMs: number | null
}
