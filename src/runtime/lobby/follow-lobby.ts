/**
 * Follows all sessions: a set of ids to be told of, and a pump that looks each of them up when the sink has room. The
 * list at the beginning is all ids there are, so list and changes are the same code, with no hand-over to race. A
 * session that changes while it waits is there once: a slow follower misses what lay in between, and holds ids alone.
 */
import type PQueue from 'p-queue'
import type { Session as SessionView } from '../../machines/events.ts'
import { LIMITS } from '../limits.ts'
import type { Sessions } from '../sessions.ts'

/** `session` is as it was when it was looked up; null: it was deleted. */
export type Told = { id: string; session: SessionView | null }

export type LobbySink = {
  /** Takes the next sessions. False: no more until `resume()`. */
  write(told: readonly Told[]): boolean
  /** The whole list was told. */
  caughtUp(): void
  /** Sessions could not be read. Nothing more will come. */
  failed(error: unknown): void
}

type LobbyDeps = {
  sessions: Pick<Sessions, 'ids' | 'view' | 'onChange'>
  /** Pages of the list are read through it, so that many that come at once take turns. */
  replays: PQueue
}

/** Begins at once. */
export function followLobby({ sessions, replays }: LobbyDeps, sink: LobbySink) {
  const pending = new Set<string>()
  /** How many at the front of `pending` are the list's. Null until that is read. */
  let listing: number | null = null
  let caughtUp = false
  let ready = true
  let reading = false
  let stopped = false

  const readPage = async (): Promise<Told[]> => {
    if (stopped) return []
    const isList = listing! > 0
    const most = Math.min(LIMITS.lobbyPageSessionsMax, isList ? listing! : pending.size)
    const ids = [...pending.values().take(most)]
    // Before they are looked up: what changes meanwhile is told once more.
    for (const id of ids) pending.delete(id)
    if (isList) listing! -= ids.length
    const told = await Promise.all(ids.map(async (id) => ({ id, session: await sessions.view(id) })))
    // What is gone before it was told of never was.
    return isList ? told.filter(({ session }) => session !== null) : told
  }

  const pump = async (): Promise<void> => {
    if (!ready || reading || stopped || listing === null || (caughtUp && pending.size === 0)) return
    reading = true
    try {
      const told = await (caughtUp ? readPage() : replays.add(readPage))
      reading = false
      if (stopped) return
      if (told.length > 0) ready = sink.write(told)
      if (!caughtUp && listing === 0) {
        caughtUp = true
        sink.caughtUp()
      }
      // The event loop turns between two pages.
      setImmediate(pump)
    } catch (error) {
      fail(error)
    }
  }

  // Before the list is read: what changes meanwhile is told behind it.
  const unsubscribe = sessions.onChange((id) => {
    pending.add(id)
    void pump()
  })
  const stop = (): void => {
    stopped = true
    unsubscribe()
  }
  const fail = (error: unknown): void => {
    stop()
    sink.failed(error)
  }
  sessions.ids().then((ids) => {
    for (const id of ids) pending.add(id)
    listing = pending.size
    void pump()
  }, fail)

  return {
    /** Goes on after the sink was full. */
    resume(): void {
      ready = true
      void pump()
    },
    stop,
  }
}
