/** What an edit changes, line by line. */

import { memo } from 'preact/compat'
import { useMemo } from 'preact/hooks'
import { countOf } from '../../amounts.ts'
import type { DiffLine } from '../../transcript/diff-lines.ts'
import type { Edit } from '../../transcript/edits.ts'
import { DiffLines } from '../diff-lines.tsx'
import { createLazy } from '../lazy.ts'
import { useFold } from './reading.ts'

const LINES_FIRST = 24
const LINES_MORE = 1_000
const useDiff = createLazy(() => import('../../transcript/diff-lines.ts'))

export const Diff = memo(({ name, edit }: { name: string; edit: Edit }) => {
  const isNew = edit.before === ''
  const part = useDiff(!isNew)
  const [steps, set] = useFold(name)
  const lines = useMemo<DiffLine[]>(() => part?.readDiff(edit) ?? plainDiff(edit), [part, edit])
  const shown = lines.slice(0, LINES_FIRST + steps * LINES_MORE)
  return (
    <div class="diff">
      {edit.isAll && <p class="quiet">Everywhere in the file</p>}
      <DiffLines lines={shown} />
      {shown.length < lines.length && (
        <button type="button" class="more plain" aria-expanded={steps > 0} onClick={() => set(steps + 1)}>
          Show {lines.length - shown.length > LINES_MORE ? 'more' : 'all'} of {countOf(lines.length, 'line')}
        </button>
      )}
    </div>
  )
})

/** As good as it gets without the part that compares. */
const plainDiff = ({ before, after }: Edit): DiffLine[] =>
  (
    [
      ['-', before],
      ['+', after],
    ] as const
  ).flatMap(([mark, text]) =>
    text === ''
      ? []
      : text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => ({ mark, text: line })),
  )
