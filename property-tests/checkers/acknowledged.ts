/** Whether what was acknowledged had been stored by then, just as it was answered, and not more often than it was asked. */
import type { Event } from '../../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent } from '../../src/machines/fold.ts'
import { type EntryOf, type History, logOf } from './history.ts'
import { actsAnyway, isAccepted, isRefused, wishesOf } from './requests.ts'

export function checkAcknowledged(history: History): string[] {
  return wishesOf(history).flatMap(({ wish, requests, traces }) => {
    const violations: string[] = []
    for (const { asked, answer } of requests)
      if (answer !== null && isAccepted(answer) && !isOnRecord(history, asked, answer))
        violations.push(`${wish.wish}: request ${asked.request} was acknowledged and not on record by then`)
    // By its key one wish; without, each request may have been one.
    const timesMax = wish.key ? 1 : requests.filter(({ answer }) => !isRefused(answer)).length
    if (!actsAnyway(wish) && traces.length > timesMax)
      violations.push(`${wish.wish}: is in the log ${traces.length} times, and should be ${timesMax} at most`)
    return violations
  })
}

type Started = { turn: number; eventId: number }
type Queued = { queued: true; promptId: string; position: number }

function isOnRecord(
  history: History,
  asked: EntryOf<'asked'>,
  { answer, ...entry }: EntryOf<'answered'>,
): boolean {
  const by = history.slice(
    0,
    history.findIndex((one) => one.type === 'answered' && one.request === entry.request),
  )
  const log = logOf(by, asked.session)
  const has = (isIt: (event: Event) => boolean): boolean => log.some(isIt)
  switch (asked.what) {
    case 'prompt':
      if (Object(answer).queued) return isQueued(log, (answer as Queued).promptId, asked.body)
      return isStarted(log, answer as Started, asked.body)
    case 'edit':
      return isQueued(log, asked.target!, asked.body)
    case 'clear':
      return isCleared(by, asked)
    case 'remove':
      return has(
        (event) => event.kind === 'dequeued' && event.promptId === asked.target && event.reason === 'removed',
      )
    case 'resume':
      return Object(answer).resumed === false || isStarted(log, answer as Started, null)
    case 'answer':
      return has(
        (event) =>
          event.kind === 'approval_resolved' && event.approvalId === asked.target && event.by === asked.wish,
      )
    case 'cancel':
      return entry.status === 200 || isCancelled(by, asked)
    // What is no event of the log has promises of its own.
    case 'open':
    case 'set':
    case 'delete':
      return true
  }
}

const isQueued = (log: Event[], promptId: string, text: string): boolean =>
  log.some((event) => event.kind === 'queued' && event.promptId === promptId && event.text === text)

/** @param text null: whichever prompt was next */
function isStarted(log: Event[], { turn, eventId }: Started, text: string | null): boolean {
  const event = log[eventId]
  return event?.kind === 'user' && event.turn === turn && (text === null || event.text === text)
}

/** Whatever waited when this was first asked. */
function isCleared(by: History, { session, wish }: EntryOf<'asked'>): boolean {
  const first = by.findIndex((entry) => entry.type === 'asked' && entry.wish === wish)
  const before = logOf(by.slice(0, first), session)
  const { queue } = logOf(by, session).reduce(foldEvent, EMPTY_FOLD)
  return !before.some(
    (event) => event.kind === 'queued' && queue.some(({ promptId }) => promptId === event.promptId),
  )
}

/** Whoever else has cancelled that turn: it had not ended when this was first asked. */
function isCancelled(by: History, { session, wish }: EntryOf<'asked'>): boolean {
  const first = by.findIndex((entry) => entry.type === 'asked' && entry.wish === wish)
  const before = logOf(by.slice(0, first), session)
  const ended = new Set(before.flatMap(({ kind, turn }) => (kind === 'turn_end' ? [turn] : [])))
  return logOf(by, session).some(({ kind, turn }) => kind === 'cancelling' && !ended.has(turn))
}
