/** A session's state as a fold over its log: what is known after an event, from what was known before it. */
import type { Event, SessionState } from './events.ts'

/** Everything of a session that its log alone decides. JSON, so that a store can keep it beside the log. */
export type SessionFold = {
  state: SessionState
  turn: number
  lastEventId: number
  /** When the newest event was written; null while there is none. */
  at: string | null
  /** The open turn's `user` event: its id, and when it was written. Null while idle. */
  opened: { id: number; at: string } | null
  /** The first line of the first prompt: what a session is called before someone names it. */
  firstPrompt: string | null
  /** The newest id under which the agent keeps its own memory; null before it said one. */
  agentSessionId: string | null
  usage: { costUsd: number; inputTokens: number; outputTokens: number }
}

export const EMPTY_FOLD: SessionFold = {
  state: 'idle',
  turn: 0,
  lastEventId: -1,
  at: null,
  opened: null,
  firstPrompt: null,
  agentSessionId: null,
  usage: { costUsd: 0, inputTokens: 0, outputTokens: 0 },
}

const PROMPT_CHARS_MAX = 80

const firstLine = (text: string): string =>
  text.trim().split(/\r?\n/, 1)[0]!.slice(0, PROMPT_CHARS_MAX).toWellFormed()

export function foldEvent(fold: SessionFold, event: Event): SessionFold {
  const next = { ...fold, lastEventId: event.id, at: event.at }
  switch (event.kind) {
    case 'user':
      return {
        ...next,
        state: 'running',
        turn: event.turn,
        opened: { id: event.id, at: event.at },
        firstPrompt: fold.firstPrompt ?? firstLine(event.text),
      }
    case 'cancelling':
      return { ...next, state: 'cancelling' }
    case 'turn_end':
      return { ...next, state: 'idle', opened: null }
    case 'agent_ready':
      return { ...next, agentSessionId: event.agentSessionId }
    case 'result':
      return {
        ...next,
        usage: {
          costUsd: fold.usage.costUsd + event.costUsd,
          inputTokens: fold.usage.inputTokens + event.usage.inputTokens,
          outputTokens: fold.usage.outputTokens + event.usage.outputTokens,
        },
      }
    default:
      return next
  }
}
