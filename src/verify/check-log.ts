/** Everything that must hold of a whole log, from its first event. */
import { checkApprovals } from './approvals.ts'
import { checkContiguousIds } from './contiguous-ids.ts'
import { checkGrammar } from './grammar.ts'
import { checkQueue } from './queue.ts'
import type { LoggedEvent } from './violation.ts'

/** @returns what is wrong; empty when all is well */
export const checkLog = (events: readonly LoggedEvent[]): string[] => [
  ...checkContiguousIds(events),
  ...checkGrammar(events),
  ...checkQueue(events),
  ...checkApprovals(events),
]
