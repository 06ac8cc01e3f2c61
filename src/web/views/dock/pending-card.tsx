/** A prompt that is on its way to the server, or waits for the network. */
import type { Desk } from '../../state/desk.ts'
import type { Waiting } from '../../state/outbox.ts'
import { useOnline } from '../../use-online.ts'
import { visible } from '../../visible.ts'
import { CloseIcon, EditIcon } from './icons.tsx'
import { NOT_REACHED, useOverdue } from './use-overdue.ts'

export function PendingCard({ desk, prompt }: { desk: Desk; prompt: Waiting }) {
  const isOnline = useOnline()
  const isOverdue = useOverdue(prompt.state === 'sending')
  const { key, state, files, sessionId } = prompt
  const edit = (): void => {
    const posted = desk.outbox.takeBack(key)
    if (posted !== null) desk.drafts.giveBack(sessionId, { text: posted.prompt, files, refusal: null })
  }
  return (
    <li class="card dashed" data-state={state}>
      <p class="clamped">{visible(prompt.prompt)}</p>
      <div class="card-foot">
        <small class="quiet" role="status">
          {fateOf(prompt, { isOnline, isOverdue })}
        </small>
        {state === 'waiting' && (
          <>
            <button type="button" class="plain" aria-label="Edit" onClick={edit}>
              <EditIcon />
            </button>
            <button type="button" class="plain" aria-label="Delete" onClick={() => desk.outbox.takeBack(key)}>
              <CloseIcon />
            </button>
          </>
        )}
      </div>
    </li>
  )
}

function fateOf({ state, problem }: Waiting, at: { isOnline: boolean; isOverdue: boolean }): string {
  if (state === 'sent') return 'sent'
  // A try that is under way will come to nothing; nobody has to see it come and go.
  if (!at.isOnline) return 'waiting for the network'
  if (state === 'sending') return at.isOverdue ? NOT_REACHED : 'sending…'
  return problem === null ? 'waiting for the network' : `${problem} Trying again`
}
