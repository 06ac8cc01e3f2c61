/**
 * Everything that must hold of a whole log, from its first event: the rules of docs/protocol.md, by what it says alone. It
 * is looked at event by event, and forgotten but for what the rules look at.
 */
import { checkApprovals } from './approvals.ts'
import { checkContiguousIds } from './contiguous-ids.ts'
import { faultsOf } from './fields.ts'
import { checkGrammar } from './grammar.ts'
import { keepForRules } from './keep-for-rules.ts'
import { findOpenTurn } from './open-turn.ts'
import { checkQueue } from './queue.ts'
import type { LoggedEvent, Violation } from './violation.ts'

export type Checked = {
  /** How many events were looked at. */
  events: number
  /** What is wrong, rule by rule; empty when all is well. */
  violations: readonly Violation[]
  /** The turn that has no end: it runs, or the log was broken off. */
  openTurn: number | null
}

export function createLogCheck() {
  const events: LoggedEvent[] = []
  const faults: Violation[] = []
  return {
    /** What is kept of each. */
    events: events as readonly LoggedEvent[],
    /** @param given of any shape: it may be damaged, or from another version */
    take(given: { [field: string]: unknown }): void {
      const event = keepForRules(given)
      for (const what of faultsOf(given)) faults.push({ position: events.length, event, what })
      events.push(event)
    },
    conclude: (): Checked => ({
      events: events.length,
      violations: [
        ...checkContiguousIds(events),
        ...faults,
        ...checkGrammar(events),
        ...checkQueue(events),
        ...checkApprovals(events),
      ],
      openTurn: findOpenTurn(events),
    }),
  }
}

/** Of a log that is there as a whole. */
export function checkLog(events: readonly object[]): Checked {
  const check = createLogCheck()
  for (const event of events) check.take({ ...event })
  return check.conclude()
}
