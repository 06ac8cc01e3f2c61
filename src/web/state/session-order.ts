/** Which sessions a list shows, and in which order: what needs somebody first, then what runs, then the newest. Pure. */
import type { ListedSession } from '../../client/index.ts'

const rankOf = ({ waiting, state }: ListedSession): number =>
  waiting.approvals > 0 ? 0 : state === 'idle' ? 2 : 1

/** @param shown.search in titles, last lines and workspaces, in any case; every word of it */
export function orderSessions(
  sessions: readonly ListedSession[],
  shown: { search: string; archived: boolean },
): ListedSession[] {
  const words = shown.search.toLowerCase().split(/\s+/).filter(Boolean)
  const matches = ({ title, workspace, lastLine, agent }: ListedSession): boolean => {
    const text = [title, workspace, lastLine?.text, agent].join('\n').toLowerCase()
    return words.every((word) => text.includes(word))
  }
  return sessions
    .filter((session) => session.archived === shown.archived && matches(session))
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.updatedAt < b.updatedAt ? 1 : -1))
}
