/** A log as it is read, event by event: what the checkers look at is kept, the rest is folded and forgotten. */
import type { LoggedEvent } from '../client/index.ts'
import type { Event } from '../machines/events.ts'
import { EMPTY_FOLD, foldEvent, type SessionFold } from '../machines/fold.ts'
import { checkLog } from './check-log.ts'

const KEPT = ['id', 'kind', 'turn', 'code', 'outcome', 'promptId', 'position', 'reason', 'approvalId']
/** A log can be large, and most of it is what agents say. */
const KINDS_WITH_TEXT = new Set<unknown>(['user', 'queued'])

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
      const names = KINDS_WITH_TEXT.has(event.kind) ? [...KEPT, 'text'] : KEPT
      const isPlain = (name: string): boolean => name in event && Object(event[name]) !== event[name]
      events.push(
        Object.fromEntries(
          names.flatMap((name) => (isPlain(name) ? [[name, event[name]]] : [])),
        ) as LoggedEvent,
      )
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
