/** For a few seconds: who answered elsewhere what stood here, and how. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Approval, Event, Resolution } from '../../../client/index.ts'
import { LIMITS } from '../../limits.ts'
import type { ConversationControl } from '../../state/conversation.ts'
import type { Desk } from '../../state/desk.ts'
import { approvalName, resolutionText } from '../../state/resolution-text.ts'
import { useStore } from '../../use-store.ts'
import { visible } from '../../visible.ts'
import { useServerClock } from './use-server-clock.ts'

export function ResolvedLine({ desk, conversation }: { desk: Desk; conversation: ConversationControl }) {
  const { session, events } = useStore(conversation.store, (context) => context)
  const given = useStore(desk.answers.store, (answers) => answers)
  const { aheadMs } = useServerClock(conversation)
  /** The approvals that stood here, until it is clear whose answer each had. */
  const pending = useRef(new Map<string, Approval>())
  const [text, setText] = useState('')

  useEffect(() => {
    const open = session?.approvals ?? []
    for (const approval of open) pending.current.set(approval.approvalId, approval)
    for (const [approvalId, approval] of pending.current) {
      const own = given[approvalId]
      const isOpen = open.some((approval) => approval.approvalId === approvalId)
      // While an answer is under way, nobody knows whose it was.
      const isUnclear = own?.state === 'sending' || own?.state === 'waiting'
      if (isUnclear || (isOpen && own?.state !== 'late')) continue
      pending.current.delete(approvalId)
      if (own?.state === 'taken') continue
      const { expiresAt } = approval
      const isOver = expiresAt !== null && Date.parse(expiresAt) + aheadMs <= Date.now()
      const resolution = own?.resolution ?? resolvedAs(events, approvalId)
      setText(resolutionText(approvalName(approval), resolution, isOver))
    }
  }, [session, events, given, aheadMs])

  useEffect(() => {
    if (text === '') return
    const timer = setTimeout(() => setText(''), LIMITS.resolvedShownMs)
    return () => clearTimeout(timer)
  }, [text])

  return (
    <p class="resolved" role="status" hidden={text === ''}>
      {visible(text)}
    </p>
  )
}

function resolvedAs(events: readonly Event[], approvalId: string): Resolution | null {
  for (const event of events.toReversed())
    if (event.kind === 'approval_resolved' && event.approvalId === approvalId) return event
  return null
}
