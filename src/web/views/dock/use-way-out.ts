/**
 * A way for what is on its way and does not arrive: connects the stream anew. Either it is dead as well, or other tabs have
 * all the connections that the browser makes to a server; then what waits goes before the stream on the one that is let go.
 */
import { useEffect } from 'preact/hooks'
import type { ConversationControl } from '../../state/conversation.ts'
import type { Desk } from '../../state/desk.ts'
import { useStore } from '../../use-store.ts'
import { useOverdue } from './use-overdue.ts'

export function useWayOut(desk: Desk, { sessionId, store, reconnect }: ConversationControl): void {
  const isStopping = useStore(desk.stops.store, (stops) => stops[sessionId]?.state === 'sending')
  const isPosting = useStore(desk.outbox.store, ({ prompts }) =>
    prompts.some((prompt) => prompt.sessionId === sessionId && prompt.state === 'sending'),
  )
  const approvals = useStore(store, ({ session }) => session?.approvals)
  const isAnswering = useStore(desk.answers.store, (given) =>
    (approvals ?? []).some(({ approvalId }) => given[approvalId]?.state === 'sending'),
  )
  const isOverdue = useOverdue(isStopping || isPosting || isAnswering)
  useEffect(() => {
    if (isOverdue) reconnect()
  }, [isOverdue, reconnect])
}
