/** Everything that must hold of a whole log, from its first event: the rules of docs/protocol.md, by what it says alone. */
import { checkApprovals } from './approvals.ts'
import { checkContiguousIds } from './contiguous-ids.ts'
import { checkGrammar } from './grammar.ts'
import { checkQueue } from './queue.ts'
import type { LoggedEvent, Violation } from './violation.ts'

/** @returns what is wrong, rule by rule; empty when all is well */
export const findViolations = (events: readonly LoggedEvent[]): Violation[] => [
  ...checkContiguousIds(events),
  ...checkGrammar(events),
  ...checkQueue(events),
  ...checkApprovals(events),
]
