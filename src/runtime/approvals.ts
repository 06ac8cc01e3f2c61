/** Answers to what a session's agent asks. The first counts; whoever comes later is told who was first. */
import type { Actor } from 'xstate'
import { findAsked } from '../machines/approvals.ts'
import type { Approval, Decision, Event, Resolution } from '../machines/events.ts'
import type { SessionFold } from '../machines/fold.ts'
import type { sessionMachine } from '../machines/session.ts'
import type { SessionMachineEvent } from '../machines/session-events.ts'
import { CodedError } from './errors.ts'
import type { IdempotencyKey } from './idempotency.ts'
import { isDeep } from './json-shape.ts'
import { LIMITS } from './limits.ts'
import { findEvent } from './log/find-event.ts'
import type { Log } from './log/log.ts'
import type { SessionRow } from './log/store.ts'
import { onRecord } from './on-record.ts'

export type ApprovalAnswer = {
  approvalId: string
  decision: Decision
  /** Why, for the agent to read. */
  message?: string
  /** In place of what the agent wants to do; for a question, its input with the answers in it. */
  updatedInput?: Record<string, unknown>
  /** The agent is not to ask for this again in this session. */
  always?: boolean
}

/** @throws bad_request */
function checkAnswer({ decision, message = '', updatedInput, always = false }: ApprovalAnswer): void {
  const refuse = (why: string): never => {
    throw new CodedError('bad_request', why)
  }
  if (message.length > LIMITS.answerMessageCharsMax)
    refuse(`A message may have ${LIMITS.answerMessageCharsMax} characters`)
  if (!message.isWellFormed()) refuse('A message must be well-formed Unicode')
  if (decision === 'deny' && (updatedInput !== undefined || always))
    refuse('What is denied has no updatedInput, and not always')
  if (updatedInput === undefined) return
  // What was suggested is about the input as it was.
  if (always) refuse('What is allowed always is not changed')
  // claude would take its own input instead.
  if (Object.keys(updatedInput).length === 0) refuse('An updatedInput has at least one property')
  const text = jsonOf(updatedInput)
  if (text === null || isDeep(text)) refuse('An updatedInput is nested too deeply')
  else if (text.length > LIMITS.updatedInputCharsMax)
    refuse(`An updatedInput may have ${LIMITS.updatedInputCharsMax} characters`)
}

/** Null when it is nested more deeply than JSON.stringify can go. */
function jsonOf(value: unknown): string | null {
  try {
    return JSON.stringify(value)
  } catch {
    return null
  }
}

const resolutionOf = ({ approvalId, decision, message = '', ...answer }: ApprovalAnswer, by: string) => ({
  ...{ approvalId, decision, by, message },
  ...(answer.updatedInput && { updatedInput: answer.updatedInput }),
  ...(answer.always && { always: true as const }),
})

type ApprovalsDeps = {
  actor: Actor<typeof sessionMachine>
  log: Log
  /** Tells the actor. @throws storage_failed */
  command: (event: SessionMachineEvent) => void
}

export function createApprovals({ actor, log, command }: ApprovalsDeps) {
  /** @throws already_resolved, approval_not_open */
  const refuseLate = async (approvalId: string): Promise<never> => {
    await log.durable()
    const before = await findEvent(
      log,
      approvalId,
      (event): event is Event & { kind: 'approval_resolved' } =>
        event.kind === 'approval_resolved' && event.approvalId === approvalId,
    )
    if (before === null) throw new CodedError('approval_not_open')
    const { decision, by, message } = before
    const why = `${decision === 'allow' ? 'Allowed' : 'Denied'} by ${by} at ${before.at}`
    throw new CodedError('already_resolved', why, { resolution: { approvalId, decision, by, message } })
  }

  return {
    /**
     * Fulfilled when the answer is durable; the agent is told after that.
     * @throws bad_request, already_resolved, approval_not_open, storage_full, storage_failed
     */
    async answer(given: ApprovalAnswer, by: string, key?: IdempotencyKey): Promise<Resolution> {
      checkAnswer(given)
      const resolution = resolutionOf(given, by)
      const event = { type: 'ANSWER', ...resolution } as const
      const snapshot = actor.getSnapshot()
      if (!snapshot.can(event)) return refuseLate(given.approvalId)
      if (given.always && findAsked(snapshot.context.asked, given.approvalId)?.suggestions.length === 0)
        throw new CodedError('bad_request', 'The agent suggests nothing that could be allowed always')
      command(event)
      // In one commit with the answer.
      if (key) log.append([], { remembered: { ...key, answer: resolution } })
      await onRecord(log, 'The answer counts, and is given to the agent when it is stored')
      return resolution
    },
  }
}

/** What the agent need not ask for any more, in its own form. */
export const allowedFor = (
  { allowedAfter }: Pick<SessionRow, 'allowedAfter'>,
  { allowed }: Pick<SessionFold, 'allowed'>,
): unknown[] => allowed.filter(({ id }) => id > allowedAfter).map(({ rule }) => rule)

/** Approvals that wait, for a session machine that goes on with their turn. */
export const openApprovals = (approvals: readonly Approval[], now: Date) =>
  approvals.map(({ expiresAt, ...asked }) => ({
    asked,
    remainingMs: expiresAt === null ? null : Math.max(0, Date.parse(expiresAt) - now.getTime()),
  }))
