/** What the agent says, and what it thinks. */
import type { OutputRow, SaidRow } from '../../transcript/row.ts'
import { visible } from '../../visible.ts'
import { Fold } from './fold.tsx'
import { Markdown } from './markdown.tsx'
import { Terminal } from './terminal.tsx'

export const Said = ({ row }: { row: SaidRow }) => (
  <article class="said" aria-label="Agent" aria-busy={row.isWriting}>
    <h2 class="unseen">Agent</h2>
    <Markdown text={row.text} isWriting={row.isWriting} />
  </article>
)

export function Thinking({ row }: { row: SaidRow }) {
  const label = (
    <>
      <span>{row.isWriting ? 'Thinking' : 'Thought'}</span>
      <span class="glimpse">{visible(glimpse(row.text, row.isWriting))}</span>
    </>
  )
  return (
    <article class="thinking" aria-label="Thinking" data-writing={row.isWriting}>
      <Fold name={`${row.key}.thinking`} label={label}>
        {() => <Markdown text={row.text} isWriting={row.isWriting} />}
      </Fold>
    </article>
  )
}

const GLIMPSE_CHARS = 100

/** Where it began; while it goes on, where it is. */
function glimpse(text: string, isWriting: boolean): string {
  const plain = text.trim()
  const part = isWriting ? plain.slice(-GLIMPSE_CHARS) : plain.slice(0, GLIMPSE_CHARS)
  return part.toWellFormed().replace(/\s+/g, ' ')
}

export const Output = ({ row }: { row: OutputRow }) => (
  <article class="shell" aria-label="Output">
    <Terminal text={row.text} />
  </article>
)
