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

/** Whether the agent may do what it asked for. */
export type Decision = 'allow' | 'deny'

/** What the agent wants leave for: to use a tool, or an answer to its question. It waits until it has one. */
export type Approval = {
  approvalId: string
  toolUseId: string
  toolName: string
  /** All of what it wants to do, or ask. */
  input: unknown
  /** In the agent's words; may be empty. */
  description: string
  /** What the agent offers to remember, in its own form: `always` takes these up. */
  suggestions: unknown[]
  /** When it is denied if nobody answers; ISO 8601. Null: never. */
  expiresAt: string | null
}

/** What an operator says to an approval. */
export type Answer = {
  decision: Decision
  /** Why, for the agent to read. */
  message?: string
  /** What the agent is to do instead of its own `input`; also where the answers to its questions are. */
  updatedInput?: Record<string, unknown>
  /** Not to ask again in this session: its `suggestions` hold from now on. */
  always?: true
}

/** What became of an approval. `by` is a client, or `deadline`, `cancel`, `server`, `agent`. */
export type Resolution = Answer & { approvalId: string; by: string; message: string }

/** A prompt that waits for its turn. */
export type QueuedPrompt = {
  promptId: string
  prompt: string
  /** When it was queued or last edited; ISO 8601. */
  at: string
  /** Null: the session's. */
  model: string | null
  by?: string
  attachments?: AttachedFile[]
}

/** The turn before was cancelled, or its agent could not be started: the next prompt waits for an operator. */
export type QueueHeld = 'cancelled' | 'not_started'

export type DequeueReason = 'started' | 'removed' | 'edited' | 'cleared'

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
      /** The length of the whole result in bytes of UTF-8, of which `text` may be the two ends. */
      bytes: number
      truncated?: true
      parent?: string
    }
  /** `expiresAt` is added by the recorder: machines have no clock. */
  | ({ kind: 'approval' } & Omit<Approval, 'expiresAt'> & { expiresAt?: string | null })
  | ({ kind: 'approval_resolved' } & Resolution)
  | { kind: 'notice'; level: 'info' | 'warn'; code: string; text: string; parent?: string }
  | { kind: 'result'; isError: boolean; text: string; usage: Usage; costUsd: number; durationMs: number }

/** A file that came with a prompt. `path` is relative to the workspace; `mediaType` is by its content. */
export type AttachedFile = { path: string; mediaType: string; bytes: number }

/** What the session machine says of a turn. */
export type TurnRecord =
  | { kind: 'user'; text: string; promptId?: string; by?: string; attachments?: AttachedFile[] }
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

/**
 * What is said of prompts that wait; it may stand anywhere in a log. `turn` is the newest one, open or not.
 * `position` counts from 1. An edited prompt is dequeued and queued again in its place.
 */
export type QueueRecord =
  | {
      kind: 'queued'
      promptId: string
      text: string
      position: number
      model?: string
      by?: string
      attachments?: AttachedFile[]
    }
  | { kind: 'dequeued'; promptId: string; reason: DequeueReason }

/** An event before the log numbers it: no id and no time yet. */
export type LogRecord = (OutputRecord | TurnRecord | QueueRecord) & { turn: number }

/** One entry of a session's log. `id` is its index: 0, 1, 2, … contiguous for ever. `at` is ISO 8601, UTC. */
export type Event = LogRecord & { id: number; at: string }

/** The last line that was said in a session: by a prompt, by the agent itself, or of a turn that failed. */
export type LastLine = { kind: 'user' | 'text' | 'error'; text: string }

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
  /** The prompts that wait, next first. */
  queue: QueuedPrompt[]
  /** Why the queue does not go on by itself; null when it does. */
  queueHeld: QueueHeld | null
  /** What the agent waits for, oldest first. */
  approvals: Approval[]
  /** What it need not ask for any more, in its own form: what `always` took up since the permission mode was last set. */
  allowed: unknown[]
  usage: { costUsd: number; inputTokens: number; outputTokens: number }
  /** Null while nothing was said. */
  lastLine: LastLine | null
}

/** A session as the lobby shows it: of what waits, which can be large, no more than how much it is. */
export type ListedSession = Omit<Session, 'queue' | 'approvals' | 'allowed'> & {
  waiting: { prompts: number; approvals: number }
}

/** The id-less frame that follows a replay. */
export type CaughtUp = { lastEventId: number; state: SessionState }

/** The id-less frame that answers a cursor beyond the head; everything from 0 follows. */
export type Reset = { reason: 'ahead'; lastEventId: number }

/** Text that is still being written, from `offset` on, in UTF-16 code units; not part of the log. */
export type Partial = {
  turn: number
  block: number
  kind: 'text' | 'thinking'
  offset: number
  text: string
  /** The `toolUseId` under which a subagent writes it. */
  parent?: string
}

/** A block that has begun and is not finished: all that there is of it so far. */
export type UnfinishedBlock = Pick<Partial, 'block' | 'kind' | 'text' | 'parent'>
