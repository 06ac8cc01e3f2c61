/**
 * Looks back in a log for what a client asks about and the session's state has let go of. From its end: most of what is
 * asked about is new.
 */
import { setImmediate } from 'node:timers/promises'
import type { Event } from '../../machines/events.ts'
import { LIMITS } from '../limits.ts'
import { eventTexts } from './frames.ts'
import type { Log } from './log.ts'

const STEP_EVENTS = 1_000

type Search<Found extends Event> = { name: string; matches: (event: Event) => event is Found }

/**
 * @param log.fold says where the log ends
 * @param name occurs in the event: an id, say. Most events are dismissed by it, unparsed
 * @returns the newest stored event that matches, among the last `lookBackEventsMax`
 */
export async function findEvent<Found extends Event>(
  { fold, readStore }: Pick<Log, 'fold' | 'readStore'>,
  name: string,
  matches: (event: Event) => event is Found,
): Promise<Found | null> {
  const head = fold.lastEventId
  const oldest = Math.max(-1, head - LIMITS.lookBackEventsMax)
  for (let last = head; last > oldest; last -= STEP_EVENTS) {
    const after = Math.max(oldest, last - STEP_EVENTS)
    const found = await findBetween(readStore, after, last, { name, matches })
    if (found !== null) return found
  }
  return null
}

/** The newest match behind `after`, up to `last`. */
async function findBetween<Found extends Event>(
  read: Log['readStore'],
  after: number,
  last: number,
  { name, matches }: Search<Found>,
): Promise<Found | null> {
  let found: Found | null = null
  for (let cursor = after; cursor < last; ) {
    const page = await read(cursor, LIMITS.pageBytesMax)
    if (page === null) return found
    const texts = eventTexts(page).slice(0, last - cursor)
    const events = texts.filter((text) => text.includes(name)).map((text): Event => JSON.parse(text))
    found = events.findLast(matches) ?? found
    cursor = page.last
    // A store that answers at once would hold up everybody else until all is read.
    await setImmediate()
  }
  return found
}
