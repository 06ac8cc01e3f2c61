/** Follows all sessions at once: a stream without a cursor, which begins with the whole list each time. */

import type { EventSourceMessage } from 'eventsource-parser'
import type { ListedSession } from '../machines/events.ts'
import type { Course, StreamStatus } from './follow.ts'
import { createFollowing, type Following, type FollowOptions } from './following.ts'
import { decodeData } from './frame-data.ts'

/**
 * One thing that the lobby says.
 * - `list`: a connection begins, and with it the whole list. What is not in it by `caught-up` is gone.
 * - `session`: a session as it is now, in place of what was known of it.
 * - `deleted`: it is gone for good. It may be one that was never told of.
 * - `caught-up`: the list is complete, what follows is live.
 * `createSessionList` puts them together.
 */
export type LobbyItem =
  | { type: 'list' }
  | { type: 'session'; session: ListedSession }
  | { type: 'deleted'; id: string }
  | { type: 'caught-up' }

export type LobbyOptions = FollowOptions<StreamStatus>
export type Lobby = Following<LobbyItem>

/** Nothing is resumed: wherever a connection ends, the next one begins at the beginning. */
const course: Course<LobbyItem> = {
  place: 0,
  headers: () => ({}),
  connect: () => ({ first: { type: 'list' }, admit: decodeLobbyItem }),
}

/** Follows the lobby at `url` (`http://host:port/api/events`). It connects, ends and fails as an attachment does. */
export const followLobby = (url: string, options: LobbyOptions = {}): Lobby =>
  createFollowing(url, course, options)

/** The item in a frame, or undefined for a frame whose name is unknown. Throws BrokenStreamError. */
function decodeLobbyItem(frame: EventSourceMessage): LobbyItem | undefined {
  switch (frame.event) {
    case 'session':
      return { type: 'session', session: decodeData(frame) as ListedSession }
    case 'deleted':
      return { type: 'deleted', id: String(decodeData(frame).id) }
    case 'caught-up':
      return { type: 'caught-up' }
    default:
      return undefined
  }
}
