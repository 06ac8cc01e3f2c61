/**
 * Whether a session is there from its opening to its deletion, for everybody, and not at all after that: whoever asks
 * for it is told so, nothing more is stored or started, its files go, and nobody stays attached.
 */
import { type EntryOf, type History, isA } from './history.ts'

type Request = { asked: EntryOf<'asked'>; wasDeleted: boolean; wasThere: boolean }

export function checkSessions(history: History): string[] {
  const there = new Set<string>()
  const deleted = new Set<string>()
  const removed = new Set<string>()
  const requests = new Map<number, Request>()
  /** Deletions that are under way, and may be heard of before they are done. */
  const deleting = new Map<number, string>()
  const lost = new Set<number>()
  const alive = new Map<number, string>()
  const streams = new Map<string, string>()

  return history.flatMap((entry) => {
    switch (entry.type) {
      case 'opened': {
        const { session } = entry
        there.add(session)
        return deleted.has(session) ? [`${session}: its id was used again`] : []
      }
      case 'deleted': {
        const { session } = entry
        there.delete(session)
        deleted.add(session)
        return [
          ...([...deleting.values()].includes(session) ? [] : [`${session}: nobody wanted it deleted`]),
          ...([...alive.values()].includes(session)
            ? [`${session}: was deleted, and its agent is alive`]
            : []),
        ]
      }
      case 'removed':
        removed.add(entry.session)
        return deleted.has(entry.session) ? [] : [`${entry.session}: has lost its files`]
      case 'spawned':
        alive.set(entry.agent, entry.session)
        return there.has(entry.session) ? [] : [`${entry.session}: is not there, and an agent was started`]
      case 'exited':
        alive.delete(entry.agent)
        return []
      case 'stored':
      case 'edited':
        return there.has(entry.session) ? [] : [`${entry.session}: is not there, and was ${entry.type}`]
      case 'asked': {
        const { request, session, what } = entry
        if (what === 'delete') {
          deleting.set(request, session)
          for (const other of requests.values()) if (other.asked.session === session) other.wasThere = false
        }
        const isSure = there.has(session) && ![...deleting.values()].includes(session)
        requests.set(request, { asked: entry, wasDeleted: deleted.has(session), wasThere: isSure })
        return []
      }
      case 'unanswered':
        lost.add(entry.request)
        return []
      case 'crashed':
      case 'stopped':
        // Until then the server may have gone on with what nobody waited for any more.
        for (const request of lost) deleting.delete(request)
        return []
      case 'answered': {
        const request = requests.get(entry.request)!
        const { session } = request.asked
        const isThere = there.has(session)
        const isSure = isThere && ![...deleting.values()].includes(session)
        const isDeleted = deleted.has(session)
        const what = checkAnswer(request, entry, { isThere, isSure, isDeleted })
        deleting.delete(entry.request)
        return what === null ? [] : [`${session}: request ${entry.request} ${what}`]
      }
      case 'attached':
        streams.set(entry.stream, entry.session)
        return []
      case 'rest':
        return [
          ...entry.streams.flatMap((stream) =>
            deleted.has(streams.get(stream)!) ? [`${stream}: is attached to what is deleted`] : [],
          ),
          ...[...deleted].flatMap((session) =>
            removed.has(session) ? [] : [`${session}: is deleted, and has its files`],
          ),
        ]
      default:
        return []
    }
  })
}

/** @param now whether it is there, and without any doubt; whether it is deleted */
function checkAnswer(
  { asked, wasDeleted, wasThere }: Request,
  { status, answer }: EntryOf<'answered'>,
  now: { isThere: boolean; isSure: boolean; isDeleted: boolean },
): string | null {
  const isOpen = asked.what === 'open'
  const saysNo = answer === (isOpen ? 'session_deleted' : 'session_not_found')
  if (wasDeleted && !saysNo) return `was answered ${status} after its end`
  if (wasThere && now.isSure && saysNo) return 'was told that it is not there'
  if (answer === 'session_deleted' && !now.isDeleted) return 'was told that it is deleted'
  if (asked.what === 'delete' && status === 204 && !now.isDeleted) return 'was told too early that it is gone'
  if (isOpen && status < 300 && !now.isThere && !now.isDeleted) return 'was told too early that it is there'
  return null
}

/** Those that were deleted by then. */
export const deletedIn = (history: History): Set<string> =>
  new Set(history.filter(isA('deleted')).map(({ session }) => session))
