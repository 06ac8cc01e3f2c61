/** Paths of the routes. An id that would lead elsewhere becomes none. */

import { RequestError } from './errors.ts'

/** @throws RequestError */
export const sessionPath = (id: string): string => `/api/sessions/${segment(id, 'session_not_found')}`

/** @throws RequestError */
export const promptPath = (sessionId: string, promptId: string): string =>
  `${sessionPath(sessionId)}/queue/${segment(promptId, 'prompt_not_found')}`

function segment(id: string, code: string): string {
  // A URL's dot segments cannot be escaped: `..` would leave the collection, as would no id at all.
  if (/^\.{0,2}$/.test(id)) throw new RequestError({ status: 404, code, detail: `no id: '${id}'` })
  return encodeURIComponent(id)
}
