/**
 * The vocabulary of a session's log: what a record may say and what a client may read.
 * It owns the shapes of the wire contract (docs/protocol.md) and knows no machine, no store and no transport.
 */

export type SessionState = 'idle' | 'running' | 'cancelling'
export type PermissionMode = 'ask' | 'acceptEdits' | 'bypass'
export type Outcome = 'completed' | 'failed' | 'cancelled' | 'timed_out' | 'interrupted' | 'lost'
export type ErrorCode =
  | 'spawn_failed'
  | 'disk_full'
  | 'exit_nonzero'
  | 'agent_error'
  | 'timed_out'
  | 'stalled'
  | 'output_limit'
  | 'lost'
  | 'interrupted'
  | 'internal'

export type Usage = { inputTokens: number; outputTokens: number }

/** What the agent said, as an adapter translates it. `parent` is the toolUseId of the subagent's Task. */
export type OutputRecord =
  | {
      kind: 'agent_ready'
      agentSessionId: string
      model: string
      version?: string
      tools?: string[]
    }
  | { kind: 'text' | 'thinking'; text: string; block: number; parent?: string }
  | { kind: 'tool_use'; toolUseId: string; name: string; input: unknown; parent?: string }
  | {
      kind: 'tool_result'
      toolUseId: string
      text: string
      isError: boolean
      /** The length of the whole result in bytes of UTF-8, of which `text` may be the beginning. */
      bytes: number
      truncated?: true
      parent?: string
    }
  | { kind: 'notice'; level: 'info' | 'warn'; code: string; text: string; parent?: string }
  | { kind: 'result'; isError: boolean; text: string; usage: Usage; costUsd: number; durationMs: number }

/** A file that came with a prompt. `path` is relative to the workspace; `mediaType` is by its content. */
export type AttachedFile = { path: string; mediaType: string; bytes: number }

/** What the session machine says of a turn. */
export type TurnRecord =
  | { kind: 'user'; text: string; by?: string; attachments?: AttachedFile[] }
  | { kind: 'turn_start'; agent: string; model: string | null }
  | { kind: 'cancelling'; by: string }
  | { kind: 'error'; code: ErrorCode; error: string }
  | { kind: 'cancelled' }
  | {
      kind: 'turn_end'
      outcome: Outcome
      exitCode: number | null
      signal: string | null
      survivors: number
      /** From the turn's `user` event to this one. Added by the recorder: machines have no clock. */
      durationMs?: number
    }

/** An event before the log numbers it: no id and no time yet. */
export type LogRecord = (OutputRecord | TurnRecord) & { turn: number }

/** One entry of a session's log. `id` is its index: 0, 1, 2, … contiguous for ever. `at` is ISO 8601, UTC. */
export type Event = LogRecord & { id: number; at: string }

/** A session as every client sees it. */
export type Session = {
  id: string
  title: string
  agent: string
  model: string | null
  state: SessionState
  /** The number of the newest turn; 0 before the first. */
  turn: number
  /** The id of the newest event; -1 while the log is empty. */
  lastEventId: number
  createdAt: string
  updatedAt: string
  archived: boolean
  workspace: string
  permissionMode: PermissionMode
  queue: { promptId: string; prompt: string; at: string }[]
  approvals: { approvalId: string }[]
  usage: { costUsd: number; inputTokens: number; outputTokens: number }
}

/** The id-less frame that follows a replay. */
export type CaughtUp = { lastEventId: number; state: SessionState }

/** The id-less frame that answers a cursor beyond the head; everything from 0 follows. */
export type Reset = { reason: 'ahead'; lastEventId: number }

/** Text that is still being written, from `offset` on, in UTF-16 code units; not part of the log. */
export type Partial = { turn: number; block: number; kind: 'text' | 'thinking'; offset: number; text: string }

/** A block that has begun and is not finished: all that there is of it so far. */
export type UnfinishedBlock = Pick<Partial, 'block' | 'kind' | 'text'>
