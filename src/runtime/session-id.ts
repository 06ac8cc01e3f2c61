/** What a session's id may be. It becomes part of paths, so nothing else may ever pass for one. */
import { CodedError } from './errors.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * @returns the id as it is kept: in lower case
 * @throws session_not_found for what is no UUID: it was never an id
 */
export function parseSessionId(given: string): string {
  const id = given.toLowerCase()
  if (!UUID.test(id)) throw new CodedError('session_not_found')
  return id
}
