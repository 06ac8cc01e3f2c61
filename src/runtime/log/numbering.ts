/** How records become events: what they are given of the clock and of the log. */
import type { Event, LogRecord } from '../../machines/events.ts'
import type { SessionFold } from '../../machines/fold.ts'

/**
 * @param fold over the log that the record is to stand behind
 * @param clock.approvalTimeoutMs how long an approval waits for an answer; null for ever
 */
export function numberRecord(
  record: LogRecord,
  { lastEventId, opened }: SessionFold,
  clock: { now: () => Date; approvalTimeoutMs: number | null },
): Event {
  const now = clock.now().getTime()
  const event: Event = { ...record, id: lastEventId + 1, at: new Date(now).toISOString() }
  if (event.kind === 'turn_end')
    event.durationMs = opened === null ? 0 : Math.max(0, now - Date.parse(opened.at))
  if (event.kind === 'approval') {
    const { approvalTimeoutMs } = clock
    event.expiresAt = approvalTimeoutMs === null ? null : new Date(now + approvalTimeoutMs).toISOString()
  }
  return event
}

/** For events that nobody has seen: their ids may still change. */
export const renumber = (events: Event[], first: number): Event[] =>
  events.map((event, index) => ({ ...event, id: first + index }))
