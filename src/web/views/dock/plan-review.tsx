/** The end of a plan: approved, or sent back with what should be different. */
import { useState } from 'preact/hooks'
import { visible } from '../../visible.ts'
import { createLazy } from '../lazy.ts'
import type { Answering, Guard } from './approval-frame.tsx'
import { ReasonForm } from './reason-form.tsx'
import { READ_ON, Scrolled } from './scrolled.tsx'
import { Verbatim } from './verbatim.tsx'

/** The page is there without it; until it is as well, the plan is shown as it was written. */
const useMarkdown = createLazy(() => import('../rows/markdown.tsx'))

export function PlanReview({ approval, onAnswer, reading }: Answering & Guard) {
  const [isRejecting, setIsRejecting] = useState(false)
  const { plan } = (approval.input ?? {}) as { plan?: unknown }
  const part = useMarkdown(typeof plan === 'string')
  return (
    <>
      <Scrolled label="Plan" reading={reading}>
        <h2>A plan to approve</h2>
        {typeof plan === 'string' && part !== null ? (
          <part.Markdown text={plan} />
        ) : (
          <Verbatim label="Plan">
            {visible(typeof plan === 'string' ? plan : JSON.stringify(approval.input, null, 2))}
          </Verbatim>
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
            {reading.isRead ? 'Approve' : READ_ON}
          </button>
        </div>
      )}
    </>
  )
}
