/** What the agent waits for, one card at a time, in the composer's place. */
import { useState } from 'preact/hooks'
import type { Approval } from '../../../client/index.ts'
import type { ConversationControl } from '../../state/conversation.ts'
import type { Desk } from '../../state/desk.ts'
import { questionsOf } from '../../state/questions.ts'
import { useStore } from '../../use-store.ts'
import { type Answering, ApprovalFrame, type Guard } from './approval-frame.tsx'
import { PlanReview } from './plan-review.tsx'
import { QuestionForm } from './question-form.tsx'
import { ToolApproval } from './tool-approval.tsx'
import { useServerClock } from './use-server-clock.ts'

type Props = { desk: Desk; conversation: ConversationControl; approvals: readonly Approval[] }

/** @param approvals open ones, oldest first; one at least */
export function Approvals({ desk, conversation, approvals }: Props) {
  const { sessionId } = conversation
  const given = useStore(desk.answers.store, (answers) => answers)
  const { aheadMs } = useServerClock(conversation)
  const [chosen, choose] = useState<string | null>(null)
  const found = approvals.findIndex(({ approvalId }) => approvalId === chosen)
  const at = found === -1 ? 0 : found
  const approval = approvals[at]!
  const { approvalId } = approval
  const answering: Answering = {
    approval,
    given: given[approvalId],
    aheadMs,
    at,
    count: approvals.length,
    onAnswer: (answer) => void desk.answers.give(sessionId, approvalId, answer),
    onTakeBack: () => desk.answers.takeBack(approvalId),
    onGo: (to) => choose(approvals[to]!.approvalId),
  }
  return (
    <ApprovalFrame key={approvalId} {...answering}>
      {(guard) => cardFor(approval, { ...answering, ...guard })}
    </ApprovalFrame>
  )
}

function cardFor(approval: Approval, answering: Answering & Guard) {
  const questions = approval.toolName === 'AskUserQuestion' ? questionsOf(approval.input) : null
  if (questions !== null) return <QuestionForm {...answering} questions={questions} />
  if (approval.toolName === 'ExitPlanMode') return <PlanReview {...answering} />
  return <ToolApproval {...answering} />
}
