/** A session's log from its first event to its last, page by page: a page has room for so many bytes alone. */
import type { Event } from '../../src/machines/events.ts'
import type { TestServer } from '../support/server.ts'

export async function readWholeLog(server: TestServer, id: string): Promise<Event[]> {
  const events: Event[] = []
  for (;;) {
    const page = await server.events(id, events.at(-1)?.id)
    if (page.length === 0) return events
    events.push(...page)
  }
}
