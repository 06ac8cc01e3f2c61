/** What the agent asked an operator, and what it was answered. */
import { asInput, textOf } from '../../transcript/tool-words.ts'
import { visible } from '../../visible.ts'

/** @param isOpen it can be answered still */
export function Questions({ input, isOpen }: { input: Record<string, unknown>; isOpen: boolean }) {
  const questions = Array.isArray(input.questions) ? input.questions.map(asInput) : []
  const answers = asInput(input.answers)
  return (
    <dl class="questions">
      {questions.map((question, index) => {
        const text = textOf(question, 'question')
        const answer = answers[text]
        return (
          <div key={index}>
            <dt dir="auto">{visible(text)}</dt>
            <dd dir="auto">
              {answer === undefined ? (
                <span class="quiet">{isOpen ? 'Not answered yet' : 'No answer'}</span>
              ) : (
                visible(textAs(answer))
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

const textAs = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
