/**
 * What this page knows of one session, and what each thing that it is told makes of that. Contiguous events, whatever
 * comes first: what was kept, the end of the log, what is older. Asks nobody.
 */
import { createStore } from '@xstate/store'
import {
  type AttachItem,
  type AttachStatus,
  type Event,
  followWriting,
  nothingWritten,
  type Session,
  type Writing,
} from '../../client/index.ts'
import { followSession } from './follow-session.ts'
import type { Gone } from './gone.ts'
import type { Kept } from './kept.ts'
import { followLink, type Link, NO_LINK } from './link.ts'

export type Conversation = {
  /** As far as anybody knows; null before the server has told. */
  session: Session | null
  /** Contiguous, oldest first; the last is the newest that is known. */
  events: readonly Event[]
  writing: Writing
  link: Link
  /** The newest id that the server has told of: so many more are on their way while it catches up. */
  headId: number
  gone: Gone | null
  /** When all this was so, ISO 8601, as long as it is only what was kept of the last visit; else null. */
  keptAt: string | null
}

const NOTHING: Conversation = {
  ...{
    session: null,
    events: [],
    writing: nothingWritten,
    link: NO_LINK,
    headId: -1,
    gone: null,
    keptAt: null,
  },
}

/** @param now milliseconds of a clock that nobody sets */
export function createConversationStore(now: () => number) {
  return createStore({
    context: NOTHING,
    on: {
      kept: (context, { kept: { session, events, at } }: { kept: Kept }) => ({
        ...context,
        ...{ session, events, headId: lastId(events), keptAt: at },
      }),
      items: (context, { items }: { items: readonly AttachItem[] }) => followItems(context, items),
      status: (context, { status }: { status: AttachStatus }) => ({
        ...context,
        link: followLink(context.link, status, now()),
      }),
      told: (context, { session }: { session: Session }) => ({
        ...context,
        // An answer that was overtaken by the stream says less.
        session: isOvertaken(context, session) ? context.session : session,
        keptAt: null,
        headId: Math.max(context.headId, session.lastEventId),
      }),
      older: (context, { events }: { events: readonly Event[] }) => {
        const first = context.events[0]?.id ?? 0
        return { ...context, events: [...events.filter(({ id }) => id < first), ...context.events] }
      },
      forget: (context) => ({ ...context, events: [], writing: nothingWritten }),
      gone: (context, { why }: { why: Gone }) => ({
        ...context,
        gone: why,
        writing: nothingWritten,
        link: { ...context.link, state: 'ended' as const, retryAt: null },
      }),
    },
  })
}

/** As the items change it; one new list of events however many there are. */
function followItems(context: Conversation, items: readonly AttachItem[]): Conversation {
  let { session, writing, headId } = context
  let events = [...context.events]
  for (const item of items) {
    writing = followWriting(writing, item)
    if (item.type === 'reset') {
      events = []
      session = session && { ...session, lastEventId: -1 }
    }
    if (item.type === 'caught-up' || item.type === 'reset') headId = item.lastEventId
    if (item.type === 'caught-up' && session !== null && item.lastEventId >= session.lastEventId)
      session = { ...session, state: item.state }
    if (item.type !== 'event') continue
    events.push(item.event)
    headId = Math.max(headId, item.event.id)
    session = session && followSession(session, item.event)
  }
  return { ...context, events, writing, headId, session }
}

/** Asked before the stream had told more than that. What was kept of another log does not count. */
const isOvertaken = ({ session, keptAt }: Conversation, told: Session): boolean =>
  keptAt === null && session !== null && told.lastEventId < session.lastEventId

/** The newest of them; -1 without any. */
export const lastId = (events: readonly Event[]): number => events.at(-1)?.id ?? -1
