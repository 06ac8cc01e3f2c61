/** A tool that the agent wants to use: all of what it would do, and allow, deny, edit or always. */
import { useState } from 'preact/hooks'
import { ruleTexts } from '../../state/rule-text.ts'
import { visible } from '../../visible.ts'
import type { Answering, Guard } from './approval-frame.tsx'
import { InputEditor } from './input-editor.tsx'
import { ReasonForm } from './reason-form.tsx'
import { READ_ON, Scrolled } from './scrolled.tsx'
import { ToolInput } from './tool-input.tsx'

export function ToolApproval({ approval, onAnswer, reading }: Answering & Guard) {
  const { toolName, input, description, suggestions } = approval
  const [mode, setMode] = useState<'ask' | 'reason' | 'edit' | 'always'>('ask')
  const back = (): void => setMode('ask')
  const rules = ruleTexts(suggestions)

  if (mode === 'edit')
    return (
      <InputEditor
        toolName={toolName}
        input={input}
        onCancel={back}
        onSave={(updatedInput) => onAnswer({ decision: 'allow', updatedInput })}
      />
    )
  return (
    <>
      <Scrolled label="What it wants to do" reading={reading}>
        <h2 dir="auto">
          <span class="quiet">{visible(toolName)}</span> {visible(description)}
        </h2>
        <ToolInput toolName={toolName} input={input} description={description} />
      </Scrolled>
      {mode === 'reason' && (
        <ReasonForm
          label="Why not? The agent reads it."
          verb="Deny"
          onCancel={back}
          onSave={(message) => onAnswer({ decision: 'deny', ...(message !== '' && { message }) })}
        />
      )}
      {mode === 'always' && (
        <section class="note" aria-label="Always allow">
          <p>Allow this, and do not ask again in this session for:</p>
          <ul>
            {rules.map((rule) => (
              <li key={rule}>
                <strong>{visible(rule)}</strong>
              </li>
            ))}
          </ul>
          <div class="choices">
            <button type="button" onClick={back}>
              Back
            </button>
            <button
              type="button"
              class="primary"
              onClick={() => onAnswer({ decision: 'allow', always: true })}
            >
              {reading.isRead ? 'Always allow' : READ_ON}
            </button>
          </div>
        </section>
      )}
      {mode === 'ask' && (
        <div class="answers">
          <div class="choices more">
            <button type="button" class="plain" onClick={() => setMode('reason')}>
              Deny with a reason
            </button>
            <button type="button" class="plain" onClick={() => setMode('edit')}>
              Edit
            </button>
            {rules.length > 0 && (
              <button type="button" class="plain" onClick={() => setMode('always')}>
                Always…
              </button>
            )}
          </div>
          <div class="choices">
            <button type="button" class="deny" onClick={() => onAnswer({ decision: 'deny' })}>
              Deny
            </button>
            <button type="button" class="primary" onClick={() => onAnswer({ decision: 'allow' })}>
              {reading.isRead ? 'Allow' : READ_ON}
            </button>
          </div>
        </div>
      )}
    </>
  )
}
