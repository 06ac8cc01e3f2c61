/** All sessions as this page has them, by one stream; what was there at the last visit until that speaks. */
import { createStore } from '@xstate/store'
import type { StreamStatus } from '../../client/follow.ts'
import {
  type Client,
  createSessionList,
  type ListedSession,
  type Lobby,
  type LobbyItem,
} from '../../client/index.ts'
import { LIMITS } from '../limits.ts'
import type { Gone } from './gone.ts'
import type { Keeper } from './kept.ts'
import { followLink, type Link, NO_LINK } from './link.ts'
import { untilGone } from './until-gone.ts'

type LobbyContext = {
  /** In no order. */
  sessions: readonly ListedSession[]
  /** Whether the server has told of all there are, at least once. */
  isComplete: boolean
  link: Link
  gone: Gone | null
  /** When all this was so, ISO 8601, as long as it is only what was kept of the last visit; else null. */
  keptAt: string | null
}

const NOTHING: LobbyContext = { sessions: [], isComplete: false, link: NO_LINK, gone: null, keptAt: null }

export type LobbyDeps = {
  client: Pick<Client, 'lobby'>
  keeper: Pick<Keeper, 'loadList' | 'saveList' | 'leave'>
  schedule(draw: () => void): void
  now(): number
}

export function createLobby({ client, keeper, schedule, now }: LobbyDeps) {
  const store = createStore({
    context: NOTHING,
    on: {
      kept: (context, { sessions, at }: { sessions: readonly ListedSession[]; at: string }) =>
        context.isComplete ? context : { ...context, sessions, keptAt: at },
      listed: (context, { sessions }: { sessions: readonly ListedSession[] }) => ({
        ...{ ...context, sessions, isComplete: true, keptAt: null },
      }),
      status: (context, { status }: { status: StreamStatus }) => ({
        ...context,
        link: followLink(context.link, status, now()),
      }),
      gone: (context, { why }: { why: Gone }) => ({
        ...{ ...context, gone: why, link: { ...context.link, state: 'ended' as const, retryAt: null } },
      }),
    },
  })
  const list = createSessionList()
  const ended = new AbortController()
  let lobby: Lobby | null = null
  let heardAt: number | null = null
  let isDue = false

  /** Not before a list is whole: one that grows from the top would move under the thumb. */
  const take = (item: LobbyItem): void => {
    list.take(item)
    if (isDue || !list.isComplete) return
    isDue = true
    schedule(() => {
      isDue = false
      if (list.isComplete && !ended.signal.aborted)
        store.trigger.listed({ sessions: [...list.sessions.values()] })
    })
  }

  const run = async (): Promise<void> => {
    const kept = await keeper.loadList()
    if (kept !== null) store.trigger.kept(kept)
    lobby = client.lobby({
      signal: ended.signal,
      now,
      backOffMsMax: LIMITS.retryMaxMs,
      onStatus: (status) => store.trigger.status({ status }),
      onHeard() {
        heardAt = now()
      },
    })
    for await (const item of lobby) take(item)
  }

  return {
    store,
    /** Follows the lobby. Fulfilled when that is over for good. */
    run: (): Promise<void> =>
      untilGone(run, {
        signal: ended.signal,
        onGone: (why) => store.trigger.gone({ why }),
        leave: keeper.leave,
      }),
    reconnect: (): void => lobby?.reconnect(),
    /** Lets go of the connection, until `reconnect`. */
    rest: (): void => lobby?.rest(),
    heardAt: (): number | null => heardAt,
    /** Keeps the list for the next visit. */
    async keep(): Promise<void> {
      const { sessions, isComplete, gone } = store.getSnapshot().context
      if (isComplete && gone === null) await keeper.saveList({ sessions, at: new Date().toISOString() })
    },
    end: (): void => ended.abort(),
  }
}
