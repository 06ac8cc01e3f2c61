/**
 * How far one attachment has come in the log. Owns the rule "each id once, in order, none left out";
 * knows neither frames nor connections.
 */

import { BrokenStreamError } from './errors.ts'

export type Cursor = {
  /** The newest id that was admitted; -1 is none. */
  readonly lastEventId: number
  /** Moves to `id` and says true; false for an id that was seen before. Throws BrokenStreamError on a gap. */
  admit(id: number): boolean
  /** Back to the beginning, after a reset. */
  rewind(): void
}

/** `start` is the newest id the caller has already, -1 for none. */
export function createCursor(start: number): Cursor {
  let lastEventId = start
  return {
    get lastEventId() {
      return lastEventId
    },
    admit(id) {
      if (id <= lastEventId) return false
      if (id > lastEventId + 1) {
        throw new BrokenStreamError('id_jumped', `event ${id} came where ${lastEventId + 1} was due`)
      }
      lastEventId = id
      return true
    },
    rewind() {
      lastEventId = -1
    },
  }
}
