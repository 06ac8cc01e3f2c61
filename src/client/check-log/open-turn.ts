/** Which turn of a log has no end: it runs, or the log was broken off. */
import type { LoggedEvent } from './violation.ts'

const QUEUE_KINDS = new Set(['queued', 'dequeued'])

/** @returns its number; null when all have ended */
export function findOpenTurn(events: readonly LoggedEvent[]): number | null {
  const last = events.findLast(({ kind }) => !QUEUE_KINDS.has(kind))
  return last === undefined || last.kind === 'turn_end' ? null : (last.turn ?? null)
}
