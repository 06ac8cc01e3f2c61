/** What an edit takes away and puts in, line by line and all of it: nothing is folded that is to be allowed. */
import { useMemo } from 'preact/hooks'
import type { Change } from '../../state/change-of.ts'
import type { DiffLine } from '../../transcript/diff-lines.ts'
import { visible } from '../../visible.ts'
import { createLazy } from '../lazy.ts'
import { Verbatim } from './verbatim.tsx'
import { Words } from './words.tsx'

const useDiff = createLazy(() => import('../../transcript/diff-lines.ts'))
const WORDS = { '+': 'added', '-': 'removed', ' ': '' } as const

export function ChangeView({ change }: { change: Change }) {
  const { path, before, after, isAll, note } = change
  const part = useDiff(before !== '')
  const lines = useMemo<DiffLine[]>(
    () => part?.readDiff({ before, after, isAll }) ?? [...marked('-', before), ...marked('+', after)],
    [part, before, after, isAll],
  )
  return (
    <figure class="change">
      <figcaption>
        <code>{visible(path)}</code> {note !== '' && <span class="quiet">{note}</span>}
      </figcaption>
      <Verbatim label="Change">
        {lines.map(({ mark, text }, index) => (
          <span key={index} class="change-line" data-mark={mark}>
            <span class="unseen">{WORDS[mark]} </span>
            <span aria-hidden="true">{mark}</span> <Words text={text} />
            {'\n'}
          </span>
        ))}
      </Verbatim>
    </figure>
  )
}

/** Until it is compared, or if it cannot be. */
const marked = (mark: DiffLine['mark'], text: string): DiffLine[] =>
  text === '' ? [] : text.split('\n').map((line) => ({ mark, text: line }))
