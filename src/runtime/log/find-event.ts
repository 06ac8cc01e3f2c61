/** Looks back in a log for what a client asks about and the session's state has let go of. */
import type { Event } from '../../machines/events.ts'
import { LIMITS } from '../limits.ts'
import { eventTexts } from './frames.ts'
import type { Log } from './log.ts'

/**
 * @param log.fold says where the log ends
 * @param name occurs in the event: an id, say. Most pages are dismissed by it, unparsed
 * @returns the newest stored event that matches, among the last `lookBackEventsMax`
 */
export async function findEvent<Found extends Event>(
  log: Pick<Log, 'fold' | 'readStore'>,
  name: string,
  matches: (event: Event) => event is Found,
): Promise<Found | null> {
  let found: Found | null = null
  let after = Math.max(-1, log.fold.lastEventId - LIMITS.lookBackEventsMax)
  for (;;) {
    const page = await log.readStore(after, LIMITS.pageBytesMax)
    if (page === null) return found
    after = page.last
    if (!page.frames.includes(name)) continue
    for (const text of eventTexts(page)) {
      if (!text.includes(name)) continue
      const event: Event = JSON.parse(text)
      if (matches(event)) found = event
    }
  }
}
