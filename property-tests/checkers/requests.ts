/** What clients asked for, wish by wish, with what they were answered and what the log has of it. */
import type { Event } from '../../src/machines/events.ts'
import { type EntryOf, type History, isA, logOf } from './history.ts'

export type Wish = {
  wish: EntryOf<'asked'>
  /** Every time that it was sent, the first one too. */
  requests: { asked: EntryOf<'asked'>; answer: EntryOf<'answered'> | null }[]
  /** The events that tell of it, each once, however often its prompt was edited. */
  traces: Event[]
}

export const isAccepted = (answer: EntryOf<'answered'> | null): boolean =>
  answer !== null && answer.status >= 200 && answer.status < 300

/** Acts even when it cannot be stored, and is refused then all the same. */
export const actsAnyway = ({ what }: Pick<EntryOf<'asked'>, 'what'>): boolean =>
  what === 'cancel' || what === 'answer'

export const isRefused = (answer: EntryOf<'answered'> | null): boolean => (answer?.status ?? 0) >= 400

export function wishesOf(history: History): Wish[] {
  const answers = new Map(history.filter(isA('answered')).map((answer) => [answer.request, answer]))
  const wishes = new Map<string, Wish>()
  for (const asked of history.filter(isA('asked'))) {
    const wish = wishes.get(asked.wish) ?? { wish: asked, requests: [], traces: tracesOf(history, asked) }
    wish.requests.push({ asked, answer: answers.get(asked.request) ?? null })
    wishes.set(asked.wish, wish)
  }
  return [...wishes.values()]
}

function tracesOf(history: History, { session, what, wish, body }: EntryOf<'asked'>): Event[] {
  const queued = new Set<string>()
  return logOf(history, session).filter((event) => {
    if (what === 'cancel') return event.kind === 'cancelling' && event.by === wish
    if (what === 'answer') return event.kind === 'approval_resolved' && event.by === wish
    // Told by the prompt alone, which anybody may have started or removed.
    if (what !== 'prompt' && what !== 'edit') return false
    if (event.kind === 'user') return event.text === body && !queued.has(event.promptId ?? '')
    if (event.kind !== 'queued' || event.text !== body || queued.has(event.promptId)) return false
    queued.add(event.promptId)
    return true
  })
}
