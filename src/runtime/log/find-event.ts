/** Looks back in a log for what it says of something that is over. From its end: most of what is asked for is new. */
import { setImmediate } from 'node:timers/promises'
import type { Event } from '../../machines/events.ts'
import { LIMITS } from '../limits.ts'
import { eventTexts } from './frames.ts'
import type { Log } from './log.ts'

const STEP_EVENTS = 1_000

/**
 * @param head the id of the newest event to look at; of those before it, as many as LIMITS.lookBackEventsMax
 * @returns the newest event that passes the test; null when none does
 */
export async function findEvent(
  read: Log['readStore'],
  head: number,
  test: (event: Event) => boolean,
): Promise<Event | null> {
  const oldest = Math.max(-1, head - LIMITS.lookBackEventsMax)
  for (let last = head; last > oldest; last -= STEP_EVENTS) {
    const after = Math.max(oldest, last - STEP_EVENTS)
    const found = await findBetween(read, after, last, test)
    if (found !== null) return found
  }
  return null
}

/** The newest of the events behind `after`, up to `last`. */
async function findBetween(
  read: Log['readStore'],
  after: number,
  last: number,
  test: (event: Event) => boolean,
): Promise<Event | null> {
  let found: Event | null = null
  for (let cursor = after; cursor < last; ) {
    const page = await read(cursor, LIMITS.pageBytesMax)
    if (page === null) return found
    const events = eventTexts(page)
      .slice(0, last - cursor)
      .map((text): Event => JSON.parse(text))
    found = events.findLast(test) ?? found
    cursor = page.last
    // A store that answers at once would hold up everybody else until all is read.
    await setImmediate()
  }
  return found
}
