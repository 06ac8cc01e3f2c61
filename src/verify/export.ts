/** A session as it was exported (`GET …/transcript?format=json`): its events, and what it was said to be by them. */
import { isDeepStrictEqual } from 'node:util'
import type { SessionFold } from '../machines/fold.ts'
import { createLogReader } from './log-reader.ts'
import { UnverifiableError, type Verified } from './verified.ts'

/** What of a session's view its log decides, and nothing else. */
const FOLDED = ['state', 'turn', 'queue', 'approvals', 'usage'] as const

/**
 * @param text the file's content
 * @throws UnverifiableError for what is no export
 */
export function verifyExport(text: string): Verified {
  const { session, events } = parse(text)
  const { id, lastEventId } = session
  const log = createLogReader()
  // The view comes first in an export: of a session that runs, there are more events by the time they are written.
  let then = log.fold
  for (const event of events) {
    log.take(event)
    if (log.events.length - 1 === lastEventId) then = log.fold
  }
  const isThere = typeof lastEventId === 'number' && lastEventId < events.length
  return {
    name: typeof id === 'string' ? id : 'export',
    events: events.length,
    violations: [
      ...log.check(),
      ...(isThere
        ? compare(session, then)
        : [`the last event should be ${JSON.stringify(lastEventId)}, and is ${events.length - 1}`]),
    ],
  }
}

function compare(session: Record<string, unknown>, fold: SessionFold | null): string[] {
  if (fold === null) return []
  return FOLDED.filter((name) => !isDeepStrictEqual(session[name], fold[name])).map(
    (name) =>
      `${name} is ${JSON.stringify(session[name])}, and should be ${JSON.stringify(fold[name])} by the log`,
  )
}

function parse(text: string): { session: Record<string, unknown>; events: unknown[] } {
  try {
    const { session, events } = JSON.parse(text)
    if (Object(session) === session && Array.isArray(events)) return { session, events }
  } catch {
    // Said below.
  }
  throw new UnverifiableError('it is no export of a session: JSON with "session" and "events"')
}
