/** How a turn's log tells that it could not be stored for a while. Pure: events in, events out. */
import type { Event, OutputRecord } from '../../machines/events.ts'
import { CodedError } from '../errors.ts'
import { renumber } from './numbering.ts'

/** @param since when the store first failed; ISO 8601 */
function outageNotice(error: unknown, since: string): OutputRecord {
  const full = error instanceof CodedError && error.code === 'storage_full'
  return {
    kind: 'notice',
    level: 'warn',
    code: full ? 'disk_full' : 'store_failed',
    text: `${full ? 'The disk was full' : 'The log could not be stored'} at ${since}. What came then was kept until it could be stored: nothing that was shown is lost.`,
  }
}

const isConclusion = ({ kind }: Event): boolean =>
  kind === 'error' || kind === 'cancelled' || kind === 'turn_end'

/**
 * @param events that are not stored, all of one open turn
 * @param next the id and turn of an event that would follow what is stored
 * @returns the same with a notice among them, before the turn's conclusion if that is there
 */
export function withOutageNotice(
  events: Event[],
  next: { id: number; turn: number; at: string },
  error: unknown,
): Event[] {
  const found = events.findIndex(isConclusion)
  const place = found === -1 ? events.length : found
  const notice: Event = { ...outageNotice(error, next.at), ...next }
  return renumber(events.toSpliced(place, 0, notice), next.id)
}
