/**
 * One session as this page has it: the end of its log, what the agent is writing, and how fresh both are. Fed by one
 * attachment; older events are asked for when they are wanted. Commands are not its business.
 */
import type { AttachItem, Attachment, AttachStatus, Client, Session } from '../../client/index.ts'
import { createRounds } from '../../client/rounds.ts'
import { LIMITS } from '../limits.ts'
import { type Conversation, createConversationStore, lastId } from './conversation-store.ts'
import type { Keeper } from './kept.ts'
import { askPatiently } from './patiently.ts'
import { untilGone } from './until-gone.ts'

export type ConversationDeps = {
  client: Pick<Client, 'attach' | 'events' | 'sessions'>
  sessionId: string
  keeper: Pick<Keeper, 'load' | 'save' | 'forget' | 'leave'>
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
  /** The log's newest id when the server last told of the session. */
  let toldId = -1
  const onHeard = (): void => {
    heardAt = now()
  }
  const context = (): Conversation => store.getSnapshot().context

  const refresh = async (): Promise<Session> => {
    const session = await client.sessions.get(sessionId)
    toldId = session.lastEventId
    if (!ended.signal.aborted) store.trigger.told({ session })
    return session
  }

  const take = (item: AttachItem): void => {
    if (waiting.push(item) > 1) return
    schedule(() => {
      const items = waiting
      waiting = []
      if (ended.signal.aborted) return
      store.trigger.items({ items })
      if (items.some(isUntold)) refresh().catch(() => {})
    })
  }

  /** What no event says: why the queue is held, and what it has cost; and all of it, when the log is another one. */
  const isUntold = (item: AttachItem): boolean =>
    item.type === 'reset' ||
    (item.type === 'event' && item.event.kind === 'turn_end' && item.event.id > toldId)

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
    for await (const item of attachment) take(item)
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
    run: (): Promise<void> =>
      untilGone(run, {
        signal: ended.signal,
        onGone(why) {
          store.trigger.gone({ why })
          return why === 'deleted' && keeper.forget(sessionId)
        },
        leave: keeper.leave,
      }),
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
