/** A prompt that is on its way to the server, or waits for the network. */
import type { Desk } from '../../state/desk.ts'
import type { Waiting } from '../../state/outbox.ts'
import { useOnline } from '../../use-online.ts'
import { visible } from '../../visible.ts'
import { CloseIcon, EditIcon } from './icons.tsx'
import { NOT_REACHED, useOverdue } from './use-overdue.ts'

type Props = {
  desk: Desk
  prompt: Waiting
  /** There are many: one line each. */
  isShort: boolean
}

export function PendingCard({ desk, prompt, isShort }: Props) {
  const isOnline = useOnline()
  const isOverdue = useOverdue(prompt.state === 'sending')
  const { key, state, files, sessionId } = prompt
  const edit = (): void => {
    const posted = desk.outbox.takeBack(key)
    if (posted !== null) desk.drafts.giveBack(sessionId, { text: posted.prompt, files, refusal: null })
  }
  return (
    <li class="card dashed" data-state={state} data-short={isShort}>
      <p class="clamped" dir="auto">
        {visible(prompt.prompt)}
      </p>
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

/** A try that is under way without a network will come to nothing; nobody has to see it come and go. */
export const waitsForNetwork = ({ state }: Waiting, isOnline: boolean): boolean =>
  state === 'waiting' || (state === 'sending' && !isOnline)

function fateOf(prompt: Waiting, at: { isOnline: boolean; isOverdue: boolean }): string {
  const { state, problem } = prompt
  if (!waitsForNetwork(prompt, at.isOnline))
    return state === 'sent' ? 'sent' : at.isOverdue ? NOT_REACHED : 'sending…'
  if (!at.isOnline) return 'waiting for the network'
  return problem === null ? 'waiting for the network' : `${problem} Trying again`
}
