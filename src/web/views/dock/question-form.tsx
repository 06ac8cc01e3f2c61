/** Questions of the agent with their options, one choice or many, or words of one's own. */
import { useState } from 'preact/hooks'
import { answersOf, choose, NO_PICK, type Pick, type Question, write } from '../../state/questions.ts'
import { visible } from '../../visible.ts'
import type { Answering, Guard } from './approval-frame.tsx'
import { Scrolled } from './scrolled.tsx'

export function QuestionForm({
  approval,
  questions,
  onAnswer,
  reading,
}: Answering & Guard & { questions: readonly Question[] }) {
  const [picks, setPicks] = useState<readonly Pick[]>(() => questions.map(() => NO_PICK))
  const answers = answersOf(questions, picks)
  const set = (at: number, pick: Pick): void => setPicks(picks.with(at, pick))
  const input = approval.input as Record<string, unknown>
  return (
    <>
      <Scrolled label="Questions" reading={reading}>
        {questions.map(({ question, header, isMultiple, options }, at) => {
          const pick = picks[at]!
          return (
            <fieldset key={question} class="question">
              <legend>
                {header !== '' && <small class="quiet">{visible(header)}</small>}
                <strong dir="auto">{visible(question)}</strong>
                {isMultiple && <small class="quiet">Choose any number</small>}
              </legend>
              {options.map(({ label, description }) => (
                <label key={label} class="option">
                  <input
                    type={isMultiple ? 'checkbox' : 'radio'}
                    name={`${approval.approvalId} ${at}`}
                    checked={pick.labels.includes(label)}
                    onChange={() => set(at, choose(pick, label, isMultiple))}
                  />
                  <span dir="auto">
                    {visible(label)}
                    {description !== '' && <small class="quiet">{visible(description)}</small>}
                  </span>
                </label>
              ))}
              <label class="other">
                <span class="unseen">Another answer to: {visible(question)}</span>
                <input
                  type="text"
                  dir="auto"
                  placeholder="Another answer"
                  value={pick.other}
                  onInput={({ currentTarget }) => set(at, write(pick, currentTarget.value, isMultiple))}
                />
              </label>
            </fieldset>
          )
        })}
      </Scrolled>
      <div class="choices">
        <button type="button" class="deny" onClick={() => onAnswer({ decision: 'deny' })}>
          Do not answer
        </button>
        <button
          type="button"
          class="primary"
          disabled={answers === null}
          onClick={() => onAnswer({ decision: 'allow', updatedInput: { ...input, answers } })}
        >
          Answer
        </button>
      </div>
    </>
  )
}
