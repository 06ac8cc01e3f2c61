/** One turn of a session's log, found and read by the pages of the API. */
import type { Client, Event, EventPage } from '../../../client/index.ts'
import { LIMITS } from '../../limits.ts'

export type TurnEvents = {
  /** From its `user` on; in front of it that it has left the queue, if it has. */
  events: Event[]
  /** Whether it goes on, beyond what the page takes. */
  isCut: boolean
}

type Page = (page: { after?: number; limit: number }) => Promise<EventPage>

/**
 * @param lastEventId the newest of the log
 * @returns no events when there is no such turn
 * @throws RequestError
 */
export async function readTurn(
  client: Pick<Client, 'events'>,
  { sessionId, turn, lastEventId }: { sessionId: string; turn: number; lastEventId: number },
): Promise<TurnEvents> {
  const page: Page = (asked) => client.events(sessionId, asked)
  const first = await findFirst(page, turn, lastEventId)
  const events: Event[] = []
  let after = first - 2
  for (;;) {
    const { events: more, more: isMore } = await page({ ...behind(after), limit: LIMITS.eventsOfPageMax })
    events.push(...more.filter((event) => event.id >= first || leadsTo(event, turn)))
    const end = events.findIndex((event) => event.turn > turn)
    if (end >= 0) return { events: events.slice(0, end), isCut: false }
    if (!isMore) return { events, isCut: false }
    if (events.length >= LIMITS.turnEventsMax) return { events, isCut: true }
    after = more.at(-1)!.id
  }
}

/** By halves: the turn never falls from one event to the next. @returns the id of its first event, or that of the next there will be */
async function findFirst(page: Page, turn: number, lastEventId: number): Promise<number> {
  let [low, high] = [0, lastEventId + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const { events } = await page({ ...behind(middle - 1), limit: 1 })
    const isEarlier = events[0] !== undefined && events[0].turn < turn
    if (isEarlier) low = middle + 1
    else high = middle
  }
  return low
}

/** Before the first event there is none to come after. */
const behind = (id: number): { after?: number } => (id < 0 ? {} : { after: id })

/** What leaves the queue still counts to the turn before. */
const leadsTo = (event: Event, turn: number): boolean =>
  event.kind === 'dequeued' && event.reason === 'started' && event.turn === turn - 1
