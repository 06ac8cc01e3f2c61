/** A session as clients see it: what was set, and what its log says. */
import type { ListedSession, Session as SessionView } from '../machines/events.ts'
import { allowedFor } from './approvals.ts'
import type { SessionRow } from './log/store.ts'
import { heldBy, type QueueAfterCancel } from './queue/rules.ts'
import { visible } from './visible.ts'

export function viewSession(row: SessionRow, queueAfterCancel: QueueAfterCancel): SessionView {
  const { id, agent, model, archived, workspace, permissionMode, createdAt, fold } = row
  return {
    id,
    title: row.title ?? fold.firstPrompt ?? 'New session',
    agent,
    model,
    state: fold.state,
    turn: fold.turn,
    lastEventId: fold.lastEventId,
    createdAt,
    updatedAt: fold.at !== null && fold.at > row.updatedAt ? fold.at : row.updatedAt,
    archived,
    workspace,
    permissionMode,
    queue: fold.queue,
    queueHeld: heldBy(fold, queueAfterCancel),
    approvals: fold.approvals,
    allowed: allowedFor(row, fold),
    usage: fold.usage,
    lastLine: fold.lastLine ? { ...fold.lastLine, text: visible(fold.lastLine.text) } : null,
  }
}

export function listSession({ queue, approvals, allowed, ...session }: SessionView): ListedSession {
  return { ...session, waiting: { prompts: queue.length, approvals: approvals.length } }
}
