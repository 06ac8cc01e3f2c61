/**
 * One session as this page has it: the end of its log, what the agent is writing, and how fresh both are. Fed by one
 * attachment; older events are asked for when they are wanted. Commands are not its business.
 */
import { createStore } from '@xstate/store'
import {
  type AttachItem,
  type Attachment,
  type AttachStatus,
  type Client,
  type Event,
  followWriting,
  nothingWritten,
  type Session,
  type Writing,
} from '../../client/index.ts'
import { createRounds } from '../../client/rounds.ts'
import { LIMITS } from '../limits.ts'
import { followSession } from './follow-session.ts'
import { type Gone, whyGone } from './gone.ts'
import type { Keeper, Kept } from './kept.ts'
import { followLink, type Link, NO_LINK } from './link.ts'
import { askPatiently } from './patiently.ts'

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

export type ConversationDeps = {
  client: Pick<Client, 'attach' | 'events' | 'sessions'>
  sessionId: string
  keeper: Pick<Keeper, 'load' | 'save' | 'forget' | 'forgetAll'>
  /** Calls back when the page is to be drawn: what came meanwhile is drawn at once. */
  schedule(draw: () => void): void
  /** Milliseconds of a clock that nobody sets. */
  now(): number
}

export type ConversationControl = ReturnType<typeof createConversation>

export function createConversation({ client, sessionId, keeper, schedule, now }: ConversationDeps) {
  const store = createConversationStore(now)
  const ended = new AbortController()
  const asking = createRounds(ended.signal)
  let attachment: Attachment | null = null
  let waiting: AttachItem[] = []
  let olderAsked: Promise<void> | null = null
  let heardAt: number | null = null
  const onHeard = (): void => {
    heardAt = now()
  }
  const context = (): Conversation => store.getSnapshot().context

  const refresh = async (): Promise<Session> => {
    const session = await client.sessions.get(sessionId)
    if (!ended.signal.aborted) store.trigger.told({ session })
    return session
  }

  const take = (item: AttachItem): void => {
    if (waiting.push(item) > 1) return
    schedule(() => {
      const items = waiting
      waiting = []
      if (!ended.signal.aborted) store.trigger.items({ items })
    })
  }

  const onStatus = (status: AttachStatus): void => store.trigger.status({ status })

  const run = async (): Promise<void> => {
    const onWait = (ms: number): void =>
      onStatus({ state: 'waiting', lastEventId: lastId(context().events), attempt: 0, retryInMs: ms })
    const kept = await keeper.load(sessionId)
    if (kept !== null) store.trigger.kept({ kept })
    const session = await askPatiently(refresh, asking, onWait)
    if (session === null) return
    const known = lastId(context().events)
    // Nothing is known, or so long ago that the end is more use than all that lies between; or the log is another one.
    const isFar =
      known < 0 || known > session.lastEventId || session.lastEventId - known > LIMITS.eventsAtOnce
    if (isFar) store.trigger.forget({})
    const lastEventId = isFar ? Math.max(-1, session.lastEventId - LIMITS.eventsAtOnce) : known
    attachment = client.attach(sessionId, {
      lastEventId,
      signal: ended.signal,
      now,
      onStatus,
      onHeard,
      backOffMsMax: LIMITS.retryMaxMs,
    })
    for await (const item of attachment) {
      take(item)
      // What no event says: why the queue is held, and what it has cost; and all of it, when the log is another one.
      const isNews = item.type === 'reset' || (item.type === 'event' && item.event.kind === 'turn_end')
      if (isNews) refresh().catch(() => {})
    }
  }

  const bringOlder = async (): Promise<void> => {
    const first = context().events[0]?.id ?? 0
    if (first <= 0) return
    const limit = Math.min(first, LIMITS.eventsAtOnce)
    const after = first - 1 - limit
    // Before the first event there is none to come after.
    const { events } = await client.events(sessionId, { limit, ...(after >= 0 && { after }) })
    store.trigger.older({ events })
  }

  return {
    sessionId,
    store,
    /** Attaches, and stays attached. Fulfilled when that is over for good. */
    async run(): Promise<void> {
      try {
        await run()
      } catch (error) {
        if (ended.signal.aborted) return
        const why = whyGone(error)
        store.trigger.gone({ why })
        if (why === 'deleted') await keeper.forget(sessionId)
        if (why === 'out') await keeper.forgetAll()
      }
    },
    /** Drops whatever the connection is, and makes a new one with the cursor. */
    reconnect(): void {
      asking.again()
      attachment?.reconnect()
      if (attachment !== null) refresh().catch(() => {})
    },
    /** Lets go of the connection, until `reconnect`. */
    rest: (): void => attachment?.rest(),
    /** Asks for the session anew. @throws RequestError */
    refresh,
    /** Brings what is older than the oldest event that is here; one page, once at a time. @throws RequestError */
    loadOlder(): Promise<void> {
      olderAsked ??= bringOlder().finally(() => {
        olderAsked = null
      })
      return olderAsked
    },
    /** Keeps what is here for the next visit. */
    async keep(): Promise<void> {
      const { session, events, gone, keptAt } = context()
      const isNews = gone === null && keptAt === null && session !== null
      if (isNews) await keeper.save({ session, events, at: new Date().toISOString() })
    },
    /** When the last byte came, keepalives too; by `now`. Not in the store: nothing is to be drawn for it. */
    heardAt: (): number | null => heardAt,
    end: (): void => ended.abort(),
  }
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

function createConversationStore(now: () => number) {
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

const lastId = (events: readonly Event[]): number => events.at(-1)?.id ?? -1
