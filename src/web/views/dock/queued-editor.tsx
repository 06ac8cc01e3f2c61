/** The text of a prompt that waits, in its card's place while it is edited. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { GrowingText } from './growing-text.tsx'
import { useCommand } from './use-command.ts'

type Props = {
  text: string
  onClose: () => void
  onSave: (text: string, idempotencyKey: string) => Promise<void>
}

export function QueuedEditor({ text: before, onClose, onSave }: Props) {
  const [text, setText] = useState(before)
  const [save, { isBusy, problem }] = useCommand(async (key) => onSave(text, key), text)
  const form = useRef<HTMLFormElement>(null)
  // In the step that draws it: a moment later, somebody may have begun to type.
  useLayoutEffect(() => {
    const box = form.current!.querySelector('textarea')!
    box.focus()
    box.setSelectionRange(before.length, before.length)
  }, [before])
  return (
    <form
      ref={form}
      aria-label="Edit a waiting prompt"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <GrowingText
        class="prompt"
        aria-label="Waiting prompt"
        dir="auto"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <div class="card-foot">
        {problem !== null && (
          <small class="problem" role="alert">
            {problem}
          </small>
        )}
        <button type="button" class="plain" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="primary" disabled={isBusy || text.trim() === ''}>
          Save
        </button>
      </div>
    </form>
  )
}
