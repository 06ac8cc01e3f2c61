/** What the agent is to do instead: another command, or another input as JSON. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { editableText, editedInput } from '../../state/edited-input.ts'
import { GrowingText } from './growing-text.tsx'

type Props = {
  toolName: string
  input: unknown
  onCancel: () => void
  onSave: (input: Record<string, unknown>) => void
}

export function InputEditor({ toolName, input, onCancel, onSave }: Props) {
  const [text, setText] = useState(() => editableText(toolName, input))
  const form = useRef<HTMLDivElement>(null)
  useEffect(() => form.current!.querySelector('textarea')!.focus(), [])
  const label =
    toolName === 'Bash' ? 'The command to run instead' : `What ${toolName} is to be given instead, as JSON`
  const edited = editedInput(toolName, input, text)
  return (
    <div ref={form} class="note scrolled">
      <p aria-hidden="true">{label}</p>
      <GrowingText
        aria-label={label}
        dir="auto"
        class="prompt mono"
        autocapitalize="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      {typeof edited === 'string' && <p class="problem">{edited}</p>}
      <div class="choices">
        <button type="button" onClick={onCancel}>
          Back
        </button>
        <button
          type="button"
          class="primary"
          disabled={typeof edited === 'string'}
          onClick={() => typeof edited !== 'string' && onSave(edited)}
        >
          Allow as edited
        </button>
      </div>
    </div>
  )
}
