/** Whether what was acknowledged had been stored by then, just as it was answered, and not more often than it was asked. */
import type { Event } from '../../src/machines/events.ts'
import { type EntryOf, type History, isA, logOf } from './history.ts'
import { isAccepted, isRefused, wishesOf } from './requests.ts'

export function checkAcknowledged(history: History): string[] {
  return wishesOf(history).flatMap(({ wish, requests, traces }) => {
    const violations: string[] = []
    for (const { asked, answer } of requests)
      if (answer !== null && isAccepted(answer) && !isOnRecord(history, asked, answer))
        violations.push(`${wish.wish}: request ${asked.request} was acknowledged and not on record by then`)
    // By its key one wish; without, each request may have been one.
    const timesMax = wish.key ? 1 : requests.filter(({ answer }) => !isRefused(answer)).length
    // A cancel acts even when it cannot be stored.
    if (wish.what === 'prompt' && traces.length > timesMax)
      violations.push(`${wish.wish}: is in the log ${traces.length} times, and should be ${timesMax} at most`)
    return violations
  })
}

function isOnRecord(history: History, asked: EntryOf<'asked'>, answer: EntryOf<'answered'>): boolean {
  const by = history.slice(0, history.indexOf(answer))
  const log = logOf(by, asked.session)
  if (asked.what === 'prompt') return isPrompt(log, answer.answer as Answer, asked.body)
  // Whoever else has cancelled that turn: it had not ended when this was first asked.
  const first = by.filter(isA('asked')).find(({ wish }) => wish === asked.wish)!
  const before = logOf(by.slice(0, by.indexOf(first)), asked.session)
  const ended = new Set(before.flatMap(({ kind, turn }) => (kind === 'turn_end' ? [turn] : [])))
  return log.some(({ kind, turn }) => kind === 'cancelling' && !ended.has(turn))
}

type Answer = { turn: number; eventId: number } | { queued: true; promptId: string; position: number }

function isPrompt(log: Event[], answer: Answer, text: string): boolean {
  if ('queued' in answer)
    return log.some(
      (event) => event.kind === 'queued' && event.promptId === answer.promptId && event.text === text,
    )
  const event = log[answer.eventId]
  return event?.kind === 'user' && event.text === text && event.turn === answer.turn
}
