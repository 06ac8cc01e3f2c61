/** Earlier prompts, to be called back with a thumb: where there are no arrow keys. */
import { visible } from '../../visible.ts'

export function HistoryPanel({
  prompts,
  onPick,
}: {
  prompts: readonly string[]
  onPick: (prompt: string) => void
}) {
  if (prompts.length === 0) return <p class="quiet panel">Nothing was sent from this device yet.</p>
  return (
    <ul class="panel" aria-label="Earlier prompts">
      {prompts.map((prompt) => (
        <li key={prompt}>
          <button type="button" class="plain row" onClick={() => onPick(prompt)}>
            <span class="clamped">{visible(prompt)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}
