/** How records become events: what they are given of the clock and of the log. */
import type { Event, LogRecord } from '../../machines/events.ts'
import type { SessionFold } from '../../machines/fold.ts'

/** When records came, all that came at once. `expiresAt` is when an approval among them is denied; null: never. */
type Arrival = { at: string; expiresAt: string | null }

/** @param approvalTimeoutMs how long an approval waits for an answer; null for ever */
export const arrivalAt = (now: Date, approvalTimeoutMs: number | null): Arrival => ({
  at: now.toISOString(),
  expiresAt: approvalTimeoutMs === null ? null : new Date(now.getTime() + approvalTimeoutMs).toISOString(),
})

/** @param opened of the fold over what stands before it */
export function numberRecord(
  record: LogRecord,
  { id, opened }: { id: number; opened: SessionFold['opened'] },
  { at, expiresAt }: Arrival,
): Event {
  // In the order in which events travel: it is never copied again.
  const event: Event = Object.assign({ id, at, kind: record.kind, turn: record.turn }, record)
  if (event.kind === 'turn_end')
    event.durationMs = opened === null ? 0 : Math.max(0, Date.parse(at) - Date.parse(opened.at))
  if (event.kind === 'approval') event.expiresAt = expiresAt
  return event
}

/** For events that nobody has seen: their ids may still change. */
export const renumber = (events: Event[], first: number): Event[] =>
  events.map((event, index) => ({ ...event, id: first + index }))
