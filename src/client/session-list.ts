/** All sessions, kept by the items of the lobby: feed it every item, show what it holds. Knows no page, and no order. */

import type { ListedSession } from '../machines/events.ts'
import type { LobbyItem } from './lobby.ts'

export type SessionList = {
  /** By id. Changed in place: a list may be long, and comes one by one. */
  readonly sessions: ReadonlyMap<string, ListedSession>
  /** Whether these are all there are, and all as they are now: not before the first list is there, nor while another one comes. */
  readonly isComplete: boolean
  take(item: LobbyItem): void
}

/** While a new list comes, as after a reconnect, what was known stays; what is not in the list goes when it is complete. */
export function createSessionList(): SessionList {
  const sessions = new Map<string, ListedSession>()
  const listed = new Set<string>()
  let isComplete = false
  return {
    sessions,
    get isComplete() {
      return isComplete
    },
    take(item) {
      switch (item.type) {
        case 'list':
          listed.clear()
          isComplete = false
          break
        case 'session':
          sessions.set(item.session.id, item.session)
          if (!isComplete) listed.add(item.session.id)
          break
        case 'deleted':
          sessions.delete(item.id)
          break
        case 'caught-up':
          for (const id of sessions.keys()) if (!listed.has(id)) sessions.delete(id)
          isComplete = true
      }
    },
  }
}
