/**
 * Which frames of one connection its attachment gets to see: what is new by the cursor, and one
 * `caught-up`. A connection has a gate of its own; the cursor outlives it.
 */

import type { EventSourceMessage } from 'eventsource-parser'
import type { Cursor } from './cursor.ts'
import { type AttachItem, decodeItem } from './items.ts'

/** The returned function gives a frame's item, or undefined to skip it. It throws BrokenStreamError. */
export function createGate(cursor: Cursor): (frame: EventSourceMessage) => AttachItem | undefined {
  let caughtUp = false
  return (frame) => {
    const item = decodeItem(frame)
    switch (item?.type) {
      case 'event':
        return cursor.admit(item.event.id) ? item : undefined
      case 'reset':
        cursor.rewind()
        return item
      case 'caught-up':
        if (caughtUp) return undefined
        caughtUp = true
        return item
      default:
        return item
    }
  }
}
