/** What the rules look at of an event: a log can be large, and most of it is what agents say. */
import { isInShape } from './fields.ts'
import type { LoggedEvent } from './violation.ts'

const KEPT = ['id', 'kind', 'turn', 'code', 'outcome', 'promptId', 'position', 'reason', 'approvalId']
const KINDS_WITH_TEXT = new Set<unknown>(['user', 'queued'])

/** @param event of any shape: it may be damaged, or from another version */
export function keepForRules(event: { [field: string]: unknown }): LoggedEvent {
  const names = KINDS_WITH_TEXT.has(event.kind) ? [...KEPT, 'text'] : KEPT
  const isPlain = (name: string): boolean => name in event && Object(event[name]) !== event[name]
  const isKept = (name: string): boolean => isPlain(name) && isInShape(name, event[name])
  return Object.fromEntries(
    names.flatMap((name) => (isKept(name) ? [[name, event[name]]] : [])),
  ) as LoggedEvent
}
