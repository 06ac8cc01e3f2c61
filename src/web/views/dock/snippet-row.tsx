/** Prompts that one tap sends: a row where there is room, a panel behind one button where there is not. */
import { useState } from 'preact/hooks'
import type { Desk } from '../../state/desk.ts'
import { defaultSnippets } from '../../state/snippets.ts'
import { useStore } from '../../use-store.ts'
import { visible } from '../../visible.ts'
import { EditIcon } from './icons.tsx'
import { SnippetEditor } from './snippet-editor.tsx'

type Props = { desk: Desk; agent: string; isOpen: boolean; onPick: (prompt: string) => void }

export function SnippetRow({ desk, agent, isOpen, onPick }: Props) {
  const own = useStore(desk.snippets.store, (all) => all[agent])
  const [isEditing, setIsEditing] = useState(false)
  // Nothing to offer before it is known to whom.
  if (agent === '') return null
  const snippets = own ?? defaultSnippets(agent)
  return (
    <>
      <ul class="snippets" data-open={isOpen} aria-label="Snippets">
        {snippets.map(({ title, prompt }, index) => (
          <li key={index}>
            <button
              type="button"
              class="snippet"
              title={prompt}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => onPick(prompt)}
            >
              <span>{visible(title)}</span>
              <small class="quiet clamped">{visible(prompt)}</small>
            </button>
          </li>
        ))}
        <li>
          <button type="button" class="plain" onClick={() => setIsEditing(true)}>
            <EditIcon />
            Edit<span class="unseen"> snippets</span>
          </button>
        </li>
      </ul>
      {isEditing && (
        <SnippetEditor
          snippets={snippets}
          onSave={(edited) => desk.snippets.set(agent, edited)}
          onClose={() => setIsEditing(false)}
        />
      )}
    </>
  )
}
