/** What a subagent says and does: one line of it while it works, all of it when somebody looks. */

import { useContext } from 'preact/hooks'
import { countOf } from '../../amounts.ts'
import type { Row, ToolRow } from '../../transcript/row.ts'
import { toolWords } from '../../transcript/tool-words.ts'
import { visible } from '../../visible.ts'
import { Fold } from './fold.tsx'
import { ReadingContext, useFold } from './reading.ts'

/** The newest; more by the tap. */
const ROWS_FIRST = 50

export function Subagent({ row }: { row: ToolRow }) {
  const { inside, insideCount, key, state } = row
  if (insideCount === 0) return null
  const last = inside[insideCount - 1]!
  return (
    <>
      <Fold name={`${key}.inside`} label={countOf(insideCount, 'step')}>
        {() => <Steps name={`${key}.steps`} rows={inside} count={insideCount} />}
      </Fold>
      {state === 'running' && <p class="quiet doing">{visible(wordsOf(last))}</p>}
    </>
  )
}

function Steps({ name, rows, count }: { name: string; rows: readonly Row[]; count: number }) {
  const [steps, set] = useFold(name)
  const { showRow } = useContext(ReadingContext)
  const first = Math.max(0, count - ROWS_FIRST * (1 + steps))
  return (
    <div class="inside">
      {first > 0 && (
        <button type="button" class="more plain" aria-expanded={steps > 0} onClick={() => set(steps + 1)}>
          Show {countOf(Math.min(ROWS_FIRST, first), 'earlier step')}
        </button>
      )}
      {rows.slice(first).map(showRow)}
    </div>
  )
}

function wordsOf(row: Row): string {
  switch (row.type) {
    case 'tool': {
      const { title, subject } = toolWords(row.use?.name ?? '', row.use?.input, row.description)
      return `${title} ${subject}`
    }
    case 'text':
    case 'line':
      return row.text.slice(0, 200)
    case 'thinking':
      return 'Thinking'
    default:
      return ''
  }
}
