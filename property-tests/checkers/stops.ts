/**
 * Whether a server that is told to stop stores what it has done already, and could not store before: a stop, or an
 * answer to the agent, that was refused as not on record yet.
 */
import type { CauseTerms } from './causes.ts'
import { type EntryOf, type History, isA, logOf } from './history.ts'

export const checkStops = (history: History, { stopWaitMs }: CauseTerms): string[] =>
  history.flatMap((entry, index) => {
    if (entry.type !== 'stopped') return []
    const told = history.findLastIndex((other, at) => at < index && other.type === 'stopping')
    // It does not wait for ever.
    if (entry.at - history[told]!.at >= stopWaitMs) return []
    const before = history.slice(0, index)
    // Also what is deleted while it stops has no log any more.
    const deleted = new Set(before.filter(isA('deleted')).map(({ session }) => session))
    return unstoredAt(history.slice(0, told)).flatMap(({ asked, turn }) =>
      deleted.has(asked.session) || isOnRecord(logOf(before, asked.session), asked, turn)
        ? []
        : [`${asked.wish}: acts, and the server has stopped without having it on record`],
    )
  })

/** What acted and was refused, in a turn that was on record by then and is this server's still. */
function unstoredAt(history: History): { asked: EntryOf<'asked'>; turn: number }[] {
  const begun = history.findLastIndex(({ type }) => type === 'crashed' || type === 'stopped')
  return history.flatMap((entry, index) => {
    if (entry.type !== 'answered' || entry.status !== 507 || index < begun) return []
    const asked = history.filter(isA('asked')).find(({ request }) => request === entry.request)!
    if (asked.what !== 'cancel' && asked.what !== 'answer') return []
    const last = logOf(history.slice(0, index), asked.session).findLast(
      ({ kind }) => kind === 'user' || kind === 'turn_end',
    )
    return last?.kind === 'user' ? [{ asked, turn: last.turn }] : []
  })
}

const isOnRecord = (log: ReturnType<typeof logOf>, asked: EntryOf<'asked'>, turn: number): boolean =>
  log.some((event) => {
    if (event.kind === 'turn_end') return event.turn === turn
    if (asked.what === 'cancel') return event.kind === 'cancelling' && event.turn === turn
    return event.kind === 'approval_resolved' && event.approvalId === asked.target
  })
