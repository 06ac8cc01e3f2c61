/** Whether ids are the indices of their log: each one more than the last, nothing twice, nothing left out. */
import type { LoggedEvent, Violation } from './violation.ts'

/**
 * @param after the cursor behind which the list begins; -1 for a whole log
 * @returns what is wrong, in the order of the list; empty when all is well
 */
export function checkContiguousIds(events: readonly LoggedEvent[], after = -1): Violation[] {
  const violations: Violation[] = []
  let last = after
  for (const [position, event] of events.entries()) {
    if (event.id !== last + 1) violations.push({ position, event, what: `the id should be ${last + 1}` })
    // Goes on from what stands there: one gap is one violation.
    last = event.id
  }
  return violations
}
