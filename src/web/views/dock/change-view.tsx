/** What an edit takes away and puts in, line by line. What compares them is loaded when it is first wanted. */
import { useEffect, useState } from 'preact/hooks'
import type { Change } from '../../state/change-of.ts'
import { visible } from '../../visible.ts'
import { Verbatim } from './verbatim.tsx'

type Part = { added: boolean; removed: boolean; value: string }

export function ChangeView({ change }: { change: Change }) {
  const { path, before, after, note } = change
  const [parts, setParts] = useState<readonly Part[]>(() => wholly(change))
  useEffect(() => {
    if (before === '') return
    void import('diff').then(
      ({ diffLines }) => setParts(diffLines(before, after)),
      () => {},
    )
  }, [before, after])
  return (
    <figure class="change">
      <figcaption>
        <code>{visible(path)}</code> {note !== '' && <span class="quiet">{note}</span>}
      </figcaption>
      <Verbatim label="Change">
        {parts.flatMap(({ added, removed, value }, part) =>
          lines(value).map((line, index) => {
            const sign = added ? '+' : removed ? '-' : ' '
            return (
              <span key={`${part}.${index}`} class={added ? 'added' : removed ? 'removed' : 'same'}>
                {`${sign} ${visible(line)}\n`}
              </span>
            )
          }),
        )}
      </Verbatim>
    </figure>
  )
}

/** Until it is compared, or if it cannot be. */
const wholly = ({ before, after }: Change): Part[] => [
  { removed: true, added: false, value: before },
  { removed: false, added: true, value: after },
]

const lines = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
