/** A few words for the agent to read. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { GrowingText } from './growing-text.tsx'

type Props = { label: string; verb: string; onCancel: () => void; onSave: (text: string) => void }

export function ReasonForm({ label, verb, onCancel, onSave }: Props) {
  const [text, setText] = useState('')
  const form = useRef<HTMLDivElement>(null)
  useEffect(() => form.current!.querySelector('textarea')!.focus(), [])
  return (
    <div ref={form} class="note">
      <p aria-hidden="true">{label}</p>
      <GrowingText
        aria-label={label}
        dir="auto"
        class="prompt"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <div class="choices">
        <button type="button" onClick={onCancel}>
          Back
        </button>
        <button type="button" class="deny" onClick={() => onSave(text.trim())}>
          {verb}
        </button>
      </div>
    </div>
  )
}
