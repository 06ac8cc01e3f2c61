/**
 * What an attachment yields, and how an SSE frame becomes one of these items.
 * Knows the names and shapes of frames; whether an id is due is the cursor's business.
 */

import type { EventSourceMessage } from 'eventsource-parser'
import type { CaughtUp, Event, Partial as PartialText, Reset } from '../machines/events.ts'
import { BrokenStreamError } from './errors.ts'
import { decodeData, shorten } from './frame-data.ts'

/**
 * One thing a session's stream says.
 * - `event`: an entry of the log; each id comes once, in order, without a gap.
 * - `caught-up`: the replay is over, what follows is live. Once per connection, so again after each reconnect.
 * - `reset`: the server's log is shorter than the cursor (restored from a backup). Forget everything: ids begin
 *   at 0 again.
 * - `partial`: text still being written, at its offset in its block; after a reconnect from offset 0 again. With an
 *   empty text at offset 0, the block was given up. `followWriting` puts them together.
 */
export type AttachItem =
  | { type: 'event'; event: Event }
  | ({ type: 'caught-up' } & CaughtUp)
  | ({ type: 'reset' } & Reset)
  | ({ type: 'partial' } & PartialText)

/** The item in a frame, or undefined for a frame whose name is unknown. Throws BrokenStreamError. */
export function decodeItem(frame: EventSourceMessage): AttachItem | undefined {
  switch (frame.event ?? 'message') {
    case 'message':
      return { type: 'event', event: decodeEvent(frame) }
    case 'caught-up':
      return { ...(decodeData(frame) as CaughtUp), type: 'caught-up' }
    case 'reset':
      return { ...(decodeData(frame) as Reset), type: 'reset' }
    case 'partial':
      return { ...(decodeData(frame) as PartialText), type: 'partial' }
    default:
      return undefined
  }
}

function decodeEvent(frame: EventSourceMessage): Event {
  const event = decodeData(frame)
  if (frame.id === undefined || !/^\d+$/.test(frame.id) || event.id !== Number(frame.id)) {
    throw new BrokenStreamError('bad_frame', `an event whose frame has the id ${shorten(frame.id)}`)
  }
  return event as Event
}
