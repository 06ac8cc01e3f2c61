/** What the list of a conversation is made of. Values: a row that changes is another object, so views know by identity. */
import type { Event } from '../../client/index.ts'

type EventOf<Kind extends Event['kind']> = Extract<Event, { kind: Kind }>
export type Outcome = EventOf<'turn_end'>['outcome']

/** `key` stays with what is shown, from its first letter to its last. `at` is ISO 8601; null: not on record yet. */
type RowBase = { key: string; at: string | null }

export type DayRow = RowBase & { type: 'day' }
export type PromptRow = RowBase & {
  type: 'prompt'
  text: string
  /** The name of the caller; null: not told. */
  by: string | null
  attachments: NonNullable<EventOf<'user'>['attachments']>
  /** For an agent that runs it as it is. */
  isScript: boolean
}
export type SaidRow = RowBase & { type: 'text' | 'thinking'; text: string; isWriting: boolean }
/** What a shell printed: a piece of it, so that no row is endless. */
export type OutputRow = RowBase & { type: 'output'; text: string }
export type LineRow = RowBase & {
  type: 'line'
  level: 'info' | 'warn'
  /** Of a notice; else what it is about. */
  code: string
  text: string
  /** How often it was said in a row: `text` is the newest. */
  count: number
}
export type ErrorRow = RowBase & { type: 'error'; code: string; text: string }
export type EndRow = RowBase & {
  type: 'end'
  outcome: Outcome
  exitCode: number | null
  signal: string | null
  survivors: number
  durationMs: number | null
  /** Null: the agent did not say. */
  usage: { inputTokens: number; outputTokens: number; costUsd: number } | null
}

/** `asked`: it waits for an operator. `unfinished`: its turn ended before it did. */
export type ToolState = 'running' | 'asked' | 'denied' | 'done' | 'failed' | 'unfinished'

export type ToolRow = RowBase & {
  type: 'tool'
  state: ToolState
  /** Null: its beginning lies before what is here. */
  use: { name: string; input: unknown } | null
  /** In the agent's words; from its approval. */
  description: string
  result: Pick<EventOf<'tool_result'>, 'text' | 'isError' | 'bytes' | 'truncated' | 'at'> | null
  /** Who allowed or denied it; null: nobody was asked, or has answered. */
  resolution: EventOf<'approval_resolved'> | null
  /** What the subagent says and does that works for it. The same list for ever, which grows. */
  inside: readonly Row[]
  /** How many there are inside: a change of the list is one of the row. */
  insideCount: number
}

export type Row = DayRow | PromptRow | SaidRow | OutputRow | LineRow | ErrorRow | EndRow | ToolRow
