/**
 * The session after an event of its stream: what the page shows above and below the conversation must not wait until
 * somebody asks the server again. Pure.
 */
import type { Event, Session } from '../../client/index.ts'

/** What an event does not say (why the queue is held, what it cost so far) is as the server last told it. */
export function followSession(session: Session, event: Event): Session {
  // The server told of it already.
  if (event.id <= session.lastEventId) return session
  return { ...session, ...changeOf(session, event), lastEventId: event.id, updatedAt: event.at }
}

function changeOf(session: Session, event: Event): Partial<Session> {
  switch (event.kind) {
    case 'user':
      return { state: 'running', turn: event.turn }
    case 'cancelling':
      return { state: 'cancelling' }
    case 'turn_end':
      return { state: 'idle', approvals: [] }
    case 'approval':
      return { approvals: [...session.approvals, { ...event, expiresAt: event.expiresAt ?? null }] }
    case 'approval_resolved':
      return { approvals: session.approvals.filter(({ approvalId }) => approvalId !== event.approvalId) }
    case 'queued': {
      const { promptId, text, position, at, model = null, by, attachments } = event
      const rest = { ...(by !== undefined && { by }), ...(attachments && { attachments }) }
      return {
        queue: session.queue.toSpliced(position - 1, 0, { promptId, prompt: text, at, model, ...rest }),
      }
    }
    case 'dequeued':
      return { queue: session.queue.filter(({ promptId }) => promptId !== event.promptId) }
    default:
      return {}
  }
}
