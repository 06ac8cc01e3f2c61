/**
 * Whether what a log says of approvals makes sense: each is asked once and answered once, in the same turn, and none is
 * open when its turn ends. Knows no server.
 */
import type { LoggedEvent, Violation } from './violation.ts'

/** @returns what is wrong, in the order of the list; empty when all is well */
export function checkApprovals(events: readonly LoggedEvent[]): Violation[] {
  const violations: Violation[] = []
  let open: (string | undefined)[] = []
  for (const [position, event] of events.entries()) {
    const { kind, approvalId } = event
    const isOpen = open.includes(approvalId)
    const say = (what: string): void => void violations.push({ position, event, what })
    if (kind === 'approval') {
      if (isOpen) say(`the approval ${approvalId} is open already`)
      else open.push(approvalId)
    }
    if (kind === 'approval_resolved') {
      if (!isOpen) say(`no approval ${approvalId} is open`)
      open = open.filter((asked) => asked !== approvalId)
    }
    if (kind === 'turn_end') {
      if (open.length > 0) say(`nobody answered ${open.join(', ')}`)
      open = []
    }
  }
  return violations
}
