/** A log as it is read, event by event: what the checkers look at is kept, the rest is folded and forgotten. */
import { createLogCheck, violationText } from '../client/index.ts'
import type { Event } from '../machines/events.ts'
import { EMPTY_FOLD, foldEvent, type SessionFold } from '../machines/fold.ts'

export type LogReader = ReturnType<typeof createLogReader>

export function createLogReader() {
  const log = createLogCheck()
  let fold: SessionFold | null = EMPTY_FOLD

  return {
    events: log.events,
    /** Null when an event was not what its kind says: there is no state behind it. */
    get fold() {
      return fold
    },
    /** @param given of any shape: it may be damaged, or from another version */
    take(given: unknown): void {
      const event = Object(given)
      log.take(event)
      try {
        fold = fold && foldEvent(fold, event as Event)
      } catch {
        fold = null
      }
    },
    /** @returns what is wrong; empty when all is well */
    check: (): string[] => [
      ...log.conclude().violations.map(violationText),
      ...(fold === null ? ['the log cannot be folded: an event is not what its kind says'] : []),
    ],
  }
}
