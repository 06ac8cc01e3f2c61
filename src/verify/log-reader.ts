/** A log as it is read, event by event: what the checkers look at is kept, the rest is folded and forgotten. */
import { keepForRules, type LoggedEvent } from '../client/index.ts'
import type { Event } from '../machines/events.ts'
import { EMPTY_FOLD, foldEvent, type SessionFold } from '../machines/fold.ts'
import { checkLog } from './check-log.ts'

export type LogReader = ReturnType<typeof createLogReader>

export function createLogReader() {
  const events: LoggedEvent[] = []
  let fold: SessionFold | null = EMPTY_FOLD

  return {
    events,
    /** Null when an event was not what its kind says: there is no state behind it. */
    get fold() {
      return fold
    },
    /** @param given of any shape: it may be damaged, or from another version */
    take(given: unknown): void {
      const event = Object(given)
      events.push(keepForRules(event))
      try {
        fold = fold && foldEvent(fold, event as Event)
      } catch {
        fold = null
      }
    },
    /** @returns what is wrong; empty when all is well */
    check: (): string[] => [
      ...checkLog(events),
      ...(fold === null ? ['the log cannot be folded: an event is not what its kind says'] : []),
    ],
  }
}
