/** The inspector's routes: to have a session's machines watched, and to follow what they do. */

import type { EventSourceMessage } from 'eventsource-parser'
import type { InspectedProcess, InspectItem, Inspection, Step } from '../machines/inspection.ts'
import type { Course, StreamStatus } from './follow.ts'
import { createFollowing, type Following, type FollowOptions } from './following.ts'
import { decodeData } from './frame-data.ts'
import type { SendRequest } from './requests.ts'

export type InspectOptions = FollowOptions<StreamStatus>

export type Inspector = {
  /**
   * Has the machines of a session watched, anew if they were already, or no longer.
   * @param wanted.bodies whether what people and agents say is to be in it. Default false
   */
  set(sessionId: string, wanted: { on: boolean; bodies?: boolean }): Promise<Inspection>
  /**
   * Follows it. An `inspection` takes the place of all that was told before: each connection begins with one, and with
   * the steps that are kept, up to `caught-up`. It connects, ends and fails as an attachment does.
   */
  follow(sessionId: string, options?: InspectOptions): Following<InspectItem>
}

/** Nothing is resumed: wherever a connection ends, the next one begins at the beginning. */
const course: Course<InspectItem> = {
  place: 0,
  headers: () => ({}),
  connect: () => ({ admit: decodeInspectItem }),
}

export function createInspector(
  send: SendRequest,
  server: { url: string; token: string | undefined; fetch: typeof globalThis.fetch },
): Inspector {
  const path = (sessionId: string): string => `/api/inspect?session=${encodeURIComponent(sessionId)}`
  const { url, ...access } = server
  return {
    set: async (sessionId, wanted) => (await send('PUT', path(sessionId), wanted)) as Inspection,
    follow: (sessionId, options = {}) =>
      createFollowing(`${url}${path(sessionId)}`, course, { ...access, ...options }),
  }
}

/** The item in a frame, or undefined for a frame whose name is unknown. Throws BrokenStreamError. */
function decodeInspectItem(frame: EventSourceMessage): InspectItem | undefined {
  switch (frame.event) {
    case 'inspection':
      return { type: 'inspection', inspection: decodeData(frame) as unknown as Inspection }
    case 'step':
      return { type: 'step', step: decodeData(frame) as unknown as Step }
    case 'processes': {
      const { at, processes } = decodeData(frame)
      return { type: 'processes', at: String(at), processes: processes as InspectedProcess[] }
    }
    case 'caught-up':
      return { type: 'caught-up' }
    default:
      return undefined
  }
}
