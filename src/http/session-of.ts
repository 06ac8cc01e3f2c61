/** From the id in a path to the session. */
import { CodedError } from '../runtime/errors.ts'
import type { Session } from '../runtime/session.ts'
import type { Sessions } from '../runtime/sessions.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** @throws session_not_found for what is no UUID: it was never an id, and is never a path */
export function sessionId(given: string): string {
  const id = given.toLowerCase()
  if (!UUID.test(id)) throw new CodedError('session_not_found')
  return id
}

/** @throws session_not_found */
export const sessionOf = (sessions: Sessions, given: string): Promise<Session> =>
  sessions.get(sessionId(given))
