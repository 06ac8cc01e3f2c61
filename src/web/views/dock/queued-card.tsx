/** A prompt that waits in the server's queue: edited in its place, or deleted. */
import { useState } from 'preact/hooks'
import type { QueuedPrompt } from '../../../client/index.ts'
import type { ConversationControl } from '../../state/conversation.ts'
import type { Desk } from '../../state/desk.ts'
import { visible } from '../../visible.ts'
import { GrowingText } from './growing-text.tsx'
import { CloseIcon, EditIcon } from './icons.tsx'
import { useCommand } from './use-command.ts'

type Props = { desk: Desk; conversation: ConversationControl; prompt: QueuedPrompt; fate: string }

export function QueuedCard({ desk, conversation, prompt, fate }: Props) {
  const { sessionId, refresh } = conversation
  const { promptId, attachments = [] } = prompt
  /** Null: it is not being edited. */
  const [text, setText] = useState<string | null>(null)
  const [remove, removing] = useCommand(async (idempotencyKey) => {
    await desk.queue.remove(sessionId, promptId, { idempotencyKey })
    await refresh()
  })
  const [save, saving] = useCommand(async (idempotencyKey) => {
    await desk.queue.edit(sessionId, promptId, text!, { idempotencyKey })
    setText(null)
    await refresh()
  }, text ?? '')
  const problem = saving.problem ?? removing.problem

  return (
    <li class="card dashed" data-state="queued">
      {text === null ? (
        <p class="clamped">{visible(prompt.prompt)}</p>
      ) : (
        <GrowingText
          class="prompt"
          aria-label="Waiting prompt"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      )}
      <div class="card-foot">
        <small class="quiet">
          {fate}
          {attachments.length > 0 &&
            ` · ${attachments.length} ${attachments.length === 1 ? 'file' : 'files'}`}
        </small>
        {text === null ? (
          <>
            <button type="button" class="plain" aria-label="Edit" onClick={() => setText(prompt.prompt)}>
              <EditIcon />
            </button>
            <button
              type="button"
              class="plain"
              aria-label="Delete"
              disabled={removing.isBusy}
              onClick={remove}
            >
              <CloseIcon />
            </button>
          </>
        ) : (
          <>
            <button type="button" class="plain" onClick={() => setText(null)}>
              Cancel
            </button>
            <button
              type="button"
              class="primary"
              disabled={saving.isBusy || text.trim() === ''}
              onClick={save}
            >
              Save
            </button>
          </>
        )}
      </div>
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </li>
  )
}
