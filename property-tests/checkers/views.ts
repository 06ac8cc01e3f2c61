/**
 * Whether each reader saw the log behind its cursor: every event once, in order, as it is stored, and none before it
 * is stored; and, when all has arrived, all of them.
 */
import { isDeepStrictEqual } from 'node:util'
import type { AttachItem } from '../../src/client/index.ts'
import type { Event } from '../../src/machines/events.ts'
import type { History } from './history.ts'

type View = { session: string; cursor: number }

export function checkViews(history: History): string[] {
  const logs = new Map<string, Event[]>()
  const views = new Map<string, View>()
  const there = new Set<string>()
  return history.flatMap((entry) => {
    switch (entry.type) {
      case 'stored':
        logs.set(entry.session, logs.get(entry.session) ?? [])
        logs.get(entry.session)!.push(...entry.events)
        return []
      case 'attached':
        views.set(entry.stream, { session: entry.session, cursor: entry.after })
        return []
      case 'received': {
        const view = views.get(entry.stream)!
        const violation = advance(view, entry.item, logs.get(view.session) ?? [])
        return violation === null ? [] : [`${entry.stream}: ${violation}`]
      }
      case 'opened':
        there.add(entry.session)
        return []
      case 'deleted':
        there.delete(entry.session)
        return []
      case 'despaired': {
        const isTold = /session_not_found/.test(entry.why) && !there.has(views.get(entry.stream)!.session)
        return isTold ? [] : [`${entry.stream}: ended for good: ${entry.why}`]
      }
      case 'rest':
        return entry.streams.flatMap((stream) => {
          const { cursor, session } = views.get(stream)!
          const head = (logs.get(session)?.length ?? 0) - 1
          return cursor === head ? [] : [`${stream}: has come to ${cursor}, and the log to ${head}`]
        })
      default:
        return []
    }
  })
}

/** Moves the view, and says what is wrong with that. */
function advance(view: View, item: AttachItem, log: Event[]): string | null {
  switch (item.type) {
    case 'event': {
      const { event } = item
      const expected = view.cursor + 1
      view.cursor = event.id
      if (event.id !== expected) return `saw event ${event.id}, and ${expected} was due`
      if (log[event.id] === undefined) return `saw event ${event.id} before it was stored`
      return isDeepStrictEqual(event, log[event.id])
        ? null
        : `saw event ${event.id} otherwise than it is stored`
    }
    case 'reset':
      if (view.cursor < log.length) return `was reset at ${view.cursor}, which is in the log`
      view.cursor = -1
      return null
    case 'caught-up':
      // What a reader that comes back has caught up with is told by each of its connections.
      return item.lastEventId === view.cursor
        ? null
        : `was told to have caught up with ${item.lastEventId} at ${view.cursor}`
    case 'partial':
      return null
  }
}
