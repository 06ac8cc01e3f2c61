/**
 * What all cards of approvals have in common: which of how many, the deadline, what became of an answer; and that a
 * card takes no tap in its first moment, which was meant for what was there before, and allows nothing as it is before
 * its end was in sight.
 */

import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { AnswerInput, Approval } from '../../../client/index.ts'
import type { GivenAnswer } from '../../state/answers.ts'
import { extentText } from '../../state/extent-text.ts'
import { countdown } from '../../times.ts'
import { useNow } from '../../use-now.ts'
import { useSettled } from '../../use-settled.ts'
import { NOT_REACHED, useOverdue } from './use-overdue.ts'
import { type Reading, useReading } from './use-reading.ts'

export type Answering = {
  approval: Approval
  /** What was answered from here; undefined: nothing yet. */
  given: GivenAnswer | undefined
  /** By which this device's clock is ahead of the server's. */
  aheadMs: number
  at: number
  count: number
  onAnswer: (answer: AnswerInput) => void
  onTakeBack: () => void
  onGo: (at: number) => void
}

export type Guard = Pick<Answering, 'onAnswer'> & { reading: Reading }

type Props = Answering & { children: (guard: Guard) => ComponentChildren }

export function ApprovalFrame({ children, ...answering }: Props) {
  const { approval, given, at, count, aheadMs, onAnswer, onTakeBack, onGo } = answering
  const reading = useReading()
  // What is to be read on by a tap is not allowed by the next one.
  const isSettled = useSettled(reading.isRead)
  const card = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!isInText(document.activeElement)) card.current?.focus({ preventScroll: true })
  }, [])
  const guarded = (answer: AnswerInput): void => {
    const isAsItIs = answer.decision === 'allow' && answer.updatedInput === undefined
    if (isAsItIs && !reading.isRead) reading.readOn()
    else if (isSettled) onAnswer(answer)
  }
  const isOverdue = useOverdue(given?.state === 'sending')
  const extent = extentText(approval.toolName, approval.input)
  const underWay = given?.state === 'refused' ? undefined : given
  return (
    <section ref={card} class="approval" tabIndex={-1} aria-label="Approval" data-settled={isSettled}>
      <header>
        {count > 1 && (
          <nav aria-label="Approvals">
            <button
              type="button"
              class="plain"
              aria-label="Previous approval"
              disabled={at === 0}
              onClick={() => onGo(at - 1)}
            >
              ‹
            </button>
            <span>
              {at + 1} of {count}
            </span>
            <button
              type="button"
              class="plain"
              aria-label="Next approval"
              disabled={at === count - 1}
              onClick={() => onGo(at + 1)}
            >
              ›
            </button>
          </nav>
        )}
        {extent !== '' && <p class="extent">{extent}</p>}
        {approval.expiresAt !== null && <Deadline expiresAt={Date.parse(approval.expiresAt) + aheadMs} />}
      </header>
      {/* While an answer is under way there is nothing to choose, and what was chosen stays to be seen. */}
      <fieldset class="bare" disabled={underWay !== undefined}>
        <div class="card-body">{children({ onAnswer: guarded, reading })}</div>
      </fieldset>
      {given?.state === 'refused' && (
        <p class="problem" role="alert">
          Not answered: {given.problem}
        </p>
      )}
      {underWay !== undefined && (
        <div class="given" role="status">
          <span>
            {underWay.decision === 'allow' ? 'Allow' : 'Deny'}:{' '}
            {isOverdue ? NOT_REACHED : FATES[underWay.state]}
          </span>
          {underWay.state === 'waiting' && (
            <button type="button" onClick={onTakeBack}>
              Take back
            </button>
          )}
        </div>
      )}
    </section>
  )
}

const FATES: Record<GivenAnswer['state'], string> = {
  refused: 'refused',
  sending: 'sending…',
  waiting: 'waiting for the network',
  taken: 'sent',
  late: 'somebody was faster',
}

function Deadline({ expiresAt }: { expiresAt: number }) {
  const left = expiresAt - useNow()
  return (
    <p class="deadline quiet" data-soon={left < 60_000}>
      {left > 0 ? (
        <>
          denied in <time>{countdown(left)}</time>
          <span class="unseen"> if nobody answers</span>
        </>
      ) : (
        'the deadline has passed'
      )}
    </p>
  )
}

const isInText = (element: Element | null): boolean =>
  element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement
