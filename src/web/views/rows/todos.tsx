/** The agent's own list of what it has to do. */
import { asInput, textOf } from '../../transcript/tool-words.ts'
import { visible } from '../../visible.ts'

const STATES: Record<string, { mark: string; word: string }> = {
  completed: { mark: '✓', word: 'done' },
  in_progress: { mark: '→', word: 'in progress' },
}
const TO_DO = { mark: '', word: 'to do' }

export function Todos({ todos }: { todos: unknown }) {
  if (!Array.isArray(todos)) return null
  return (
    <ul class="todos">
      {todos.map(asInput).map((todo, index) => {
        const status = textOf(todo, 'status')
        const { mark, word } = STATES[status] ?? TO_DO
        return (
          <li key={index} data-status={status}>
            <span class="todo-mark" aria-hidden="true">
              {mark}
            </span>
            <span class="unseen">{word}: </span>
            <span>{visible(textOf(todo, 'content'))}</span>
          </li>
        )
      })}
    </ul>
  )
}
