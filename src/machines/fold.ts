/** A session's state as a fold over its log: what is known after an event, from what was known before it. */
import type { Approval, Event, LastLine, QueuedPrompt, QueueHeld, SessionState } from './events.ts'
import { lastLineOf } from './last-line.ts'

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
  /** What the agent waits for, oldest first. */
  approvals: Approval[]
  /** What the agent need not ask for any more, in its own form: the suggestions that operators took up, by which event. */
  allowed: Allowed[]
  /** The prompts that wait, next first. */
  queue: QueuedPrompt[]
  queueHeld: QueueHeld | null
  usage: { costUsd: number; inputTokens: number; outputTokens: number }
  /** Left out until something was said: an older version did not listen. */
  lastLine?: LastLine
}

type Allowed = { id: number; rule: unknown }

export const EMPTY_FOLD: SessionFold = {
  state: 'idle',
  turn: 0,
  lastEventId: -1,
  at: null,
  opened: null,
  firstPrompt: null,
  agentSessionId: null,
  approvals: [],
  allowed: [],
  queue: [],
  queueHeld: null,
  usage: { costUsd: 0, inputTokens: 0, outputTokens: 0 },
}

/** Whether a server that is started may have something to go on with here. */
export const isOpen = ({ opened, queue }: SessionFold): boolean => opened !== null || queue.length > 0

const PROMPT_CHARS_MAX = 80
/** It is stored with every commit: the oldest are asked for again. */
const ALLOWED_CHARS_MAX = 64 * 1024

type EventOf<K extends Event['kind']> = Extract<Event, { kind: K }>

const firstLine = (text: string): string =>
  text.trim().split(/\r?\n/, 1)[0]!.slice(0, PROMPT_CHARS_MAX).toWellFormed()

export const foldEvent = (fold: SessionFold, event: Event): SessionFold =>
  foldPlace(foldChange(fold, event), [event])

/** Where the log has come to with these events, all of which `foldChange` has seen: looked up once for all of them. */
export function foldPlace(fold: SessionFold, events: readonly Event[]): SessionFold {
  const newest = events.at(-1)
  if (newest === undefined) return fold
  let lastLine: LastLine | null = null
  for (let index = events.length - 1; index >= 0 && lastLine === null; index--)
    lastLine = lastLineOf(events[index]!)
  return { ...fold, lastEventId: newest.id, at: newest.at, ...(lastLine && { lastLine }) }
}

/** What else an event changes. @returns the same object when that is nothing, as with most that an agent says */
export function foldChange(fold: SessionFold, event: Event): SessionFold {
  switch (event.kind) {
    case 'user':
      return {
        ...fold,
        state: 'running',
        turn: event.turn,
        opened: { id: event.id, at: event.at },
        firstPrompt: fold.firstPrompt ?? firstLine(event.text),
        queueHeld: null,
      }
    case 'cancelling':
      return { ...fold, state: 'cancelling', queueHeld: 'cancelled' }
    case 'error':
      // The next would fare no better, and be gone.
      return isNoStart(event.code) ? { ...fold, queueHeld: 'not_started' } : fold
    case 'turn_end':
      return { ...fold, state: 'idle', opened: null, approvals: [] }
    case 'approval':
      return { ...fold, approvals: [...fold.approvals, approvalOf(event)] }
    case 'approval_resolved':
      return { ...fold, ...foldResolution(fold, event) }
    case 'queued':
      return { ...fold, queue: fold.queue.toSpliced(event.position - 1, 0, queuedOf(event)) }
    case 'dequeued':
      return { ...fold, queue: fold.queue.filter(({ promptId }) => promptId !== event.promptId) }
    case 'agent_ready':
      return { ...fold, agentSessionId: event.agentSessionId }
    case 'result':
      return {
        ...fold,
        usage: {
          costUsd: fold.usage.costUsd + event.costUsd,
          inputTokens: fold.usage.inputTokens + event.usage.inputTokens,
          outputTokens: fold.usage.outputTokens + event.usage.outputTokens,
        },
      }
    default:
      return fold
  }
}

const isNoStart = (code: string): boolean => code === 'spawn_failed' || code === 'disk_full'

const approvalOf = ({ id, at, turn, kind, ...approval }: EventOf<'approval'>): Approval => ({
  ...approval,
  expiresAt: approval.expiresAt ?? null,
})

function foldResolution({ approvals, allowed }: SessionFold, event: EventOf<'approval_resolved'>) {
  const resolved = approvals.find(({ approvalId }) => approvalId === event.approvalId)
  const taken = event.always && event.decision === 'allow' ? (resolved?.suggestions ?? []) : []
  return {
    approvals: approvals.filter((approval) => approval !== resolved),
    allowed: taken.reduce<Allowed[]>((all, rule) => allow(all, { id: event.id, rule }), allowed),
  }
}

/** Each rule once, as it was allowed last. */
function allow(allowed: readonly Allowed[], added: Allowed): Allowed[] {
  const text = JSON.stringify(added.rule)
  const all = [...allowed.filter(({ rule }) => JSON.stringify(rule) !== text), added]
  while (JSON.stringify(all).length > ALLOWED_CHARS_MAX) all.shift()
  return all
}

const queuedOf = ({ promptId, text, at, model, by, attachments }: EventOf<'queued'>): QueuedPrompt => ({
  promptId,
  prompt: text,
  at,
  model: model ?? null,
  ...(by === undefined ? {} : { by }),
  ...(attachments === undefined ? {} : { attachments }),
})
