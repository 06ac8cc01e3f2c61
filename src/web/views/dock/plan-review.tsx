/** The end of a plan: approved, or sent back with what should be different. */
import { useState } from 'preact/hooks'
import { visible } from '../../visible.ts'
import { Markdown } from '../rows/markdown.tsx'
import type { Answering } from './approval-frame.tsx'
import { ReasonForm } from './reason-form.tsx'
import { Scrolled } from './scrolled.tsx'
import { Verbatim } from './verbatim.tsx'

export function PlanReview({ approval, onAnswer }: Answering) {
  const [isRejecting, setIsRejecting] = useState(false)
  const { plan } = (approval.input ?? {}) as { plan?: unknown }
  return (
    <>
      <Scrolled label="Plan">
        <h2>A plan to approve</h2>
        {typeof plan === 'string' ? (
          <Markdown text={plan} />
        ) : (
          <Verbatim label="Plan">{visible(JSON.stringify(approval.input, null, 2))}</Verbatim>
        )}
      </Scrolled>
      {isRejecting ? (
        <ReasonForm
          label="What should be different?"
          verb="Reject"
          onCancel={() => setIsRejecting(false)}
          onSave={(message) => onAnswer({ decision: 'deny', ...(message !== '' && { message }) })}
        />
      ) : (
        <div class="choices">
          <button type="button" class="deny" onClick={() => setIsRejecting(true)}>
            Reject…
          </button>
          <button type="button" class="primary" onClick={() => onAnswer({ decision: 'allow' })}>
            Approve
          </button>
        </div>
      )}
    </>
  )
}
