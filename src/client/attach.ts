/** Attaches to a session's event stream and stays attached: a stream that is followed by its cursor. */

import { createCursor } from './cursor.ts'
import type { StreamStatus } from './follow.ts'
import { createFollowing, type Following, type FollowOptions } from './following.ts'
import { createGate } from './gate.ts'
import type { AttachItem } from './items.ts'

/** Where an attachment stands, for a page that shows it. */
export type AttachStatus = StreamStatus & {
  /** The newest event's id; -1 is none. */
  lastEventId: number
}

export type AttachOptions = FollowOptions<AttachStatus> & {
  /** The newest id the caller has already; none, or -1: from the beginning. */
  lastEventId?: number | undefined
}

/** A session's stream, to be iterated once. */
export type Attachment = Following<AttachItem>

/**
 * Follows the session whose events URL is `url` (`http://host:port/api/sessions/ID/events`; no cursor in it):
 * the events after `lastEventId`, then what happens live. Connects with the first `next()`, reconnects on its
 * own with its cursor, and reads no faster than it is iterated. Leaving the loop closes the connection.
 *
 * Throws TypeError or RangeError at once for a URL, token or cursor that can never work; the iteration throws
 * AttachError when the server refuses for good (any 4xx but 408 and 429, an answer that is no event stream, a
 * redirect that would carry the token away) or breaks the contract twice at the same place.
 */
export function attach(url: string, options: AttachOptions = {}): Attachment {
  const { lastEventId = -1, onStatus } = options
  if (!Number.isSafeInteger(lastEventId) || lastEventId < -1) {
    throw new RangeError(`lastEventId is ${lastEventId}, not an integer from -1`)
  }
  const cursor = createCursor(lastEventId)
  const course = {
    get place() {
      return cursor.lastEventId
    },
    headers: (): Record<string, string> =>
      cursor.lastEventId < 0 ? {} : { 'Last-Event-ID': String(cursor.lastEventId) },
    connect: () => ({ admit: createGate(cursor) }),
  }
  return createFollowing(url, course, {
    ...options,
    onStatus: (status) => onStatus?.({ ...status, lastEventId: cursor.lastEventId }),
  })
}
