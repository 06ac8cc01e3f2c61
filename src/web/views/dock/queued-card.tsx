/** A prompt that waits in the server's queue: edited in its place, or deleted. */

import { useEffect, useRef, useState } from 'preact/hooks'
import type { QueuedPrompt } from '../../../client/index.ts'
import { countOf } from '../../amounts.ts'
import type { ConversationControl } from '../../state/conversation.ts'
import type { Desk } from '../../state/desk.ts'
import { visible } from '../../visible.ts'
import { CloseIcon, EditIcon } from './icons.tsx'
import { QueuedEditor } from './queued-editor.tsx'
import { useCommand } from './use-command.ts'

type Props = {
  desk: Desk
  conversation: ConversationControl
  prompt: QueuedPrompt
  fate: string
  /** There are many: one line each. */
  isShort: boolean
}

export function QueuedCard({ desk, conversation, prompt, fate, isShort }: Props) {
  const { sessionId, refresh } = conversation
  const { promptId, attachments = [] } = prompt
  const [isEditing, setIsEditing] = useState<boolean | null>(null)
  const edit = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // Back to where the editing began.
    if (isEditing === false) edit.current!.focus()
  }, [isEditing])
  const [remove, removing] = useCommand(async (idempotencyKey) => {
    await desk.queue.remove(sessionId, promptId, { idempotencyKey })
    await refresh()
  })

  if (isEditing)
    return (
      <li class="card dashed" data-state="queued">
        <QueuedEditor
          text={prompt.prompt}
          onClose={() => setIsEditing(false)}
          onSave={async (text, idempotencyKey) => {
            await desk.queue.edit(sessionId, promptId, text, { idempotencyKey })
            setIsEditing(false)
            await refresh()
          }}
        />
      </li>
    )
  const files = attachments.length > 0 ? countOf(attachments.length, 'file') : ''
  return (
    <li class="card dashed" data-state="queued" data-short={isShort}>
      <p class="clamped" dir="auto">
        {visible(prompt.prompt)}
      </p>
      <div class="card-foot">
        <small class="quiet">{[isShort ? '' : fate, files].filter((part) => part !== '').join(' · ')}</small>
        <button ref={edit} type="button" class="plain" aria-label="Edit" onClick={() => setIsEditing(true)}>
          <EditIcon />
        </button>
        <button type="button" class="plain" aria-label="Delete" disabled={removing.isBusy} onClick={remove}>
          <CloseIcon />
        </button>
      </div>
      {removing.problem !== null && (
        <p class="problem" role="alert">
          {removing.problem}
        </p>
      )}
    </li>
  )
}
