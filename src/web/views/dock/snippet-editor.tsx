/** The operator's own snippets: added, worded, ordered, removed. */
import { useState } from 'preact/hooks'
import { moved, type Snippet } from '../../state/snippets.ts'
import { Sheet } from '../sheet.tsx'
import { GrowingText } from './growing-text.tsx'
import { CloseIcon, DownIcon, UpIcon } from './icons.tsx'

type Props = {
  snippets: readonly Snippet[]
  /** Null: the defaults again. */
  onSave: (snippets: readonly Snippet[] | null) => void
  onClose: () => void
}

export function SnippetEditor({ snippets, onSave, onClose }: Props) {
  const [list, setList] = useState(snippets)
  const change = (at: number, part: Partial<Snippet>): void =>
    setList(list.with(at, { ...list[at]!, ...part }))
  const save = (edited: readonly Snippet[] | null): void => {
    onSave(edited)
    onClose()
  }
  const isWhole = ({ title, prompt }: Snippet): boolean => title.trim() !== '' && prompt.trim() !== ''

  return (
    <Sheet title="Snippets" onClose={onClose}>
      <ol class="snippet-list">
        {list.map(({ title, prompt }, at) => (
          <li key={at}>
            <input
              aria-label="Name"
              placeholder="Name"
              value={title}
              onInput={({ currentTarget }) => change(at, { title: currentTarget.value })}
            />
            <GrowingText
              aria-label="Prompt"
              placeholder="Prompt"
              value={prompt}
              onInput={({ currentTarget }) => change(at, { prompt: currentTarget.value })}
            />
            <div class="tools">
              <button
                type="button"
                class="plain"
                aria-label={`Move ${title} up`}
                disabled={at === 0}
                onClick={() => setList(moved(list, at, -1))}
              >
                <UpIcon />
              </button>
              <button
                type="button"
                class="plain"
                aria-label={`Move ${title} down`}
                disabled={at === list.length - 1}
                onClick={() => setList(moved(list, at, 1))}
              >
                <DownIcon />
              </button>
              <button
                type="button"
                class="plain"
                aria-label={`Remove ${title}`}
                onClick={() => setList(list.toSpliced(at, 1))}
              >
                <CloseIcon />
              </button>
            </div>
          </li>
        ))}
      </ol>
      <button type="button" onClick={() => setList([...list, { title: '', prompt: '' }])}>
        Add a snippet
      </button>
      <div class="choices">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" class="primary" disabled={!list.every(isWhole)} onClick={() => save(list)}>
          Save
        </button>
      </div>
      <button type="button" class="plain" onClick={() => save(null)}>
        Back to the defaults
      </button>
    </Sheet>
  )
}
