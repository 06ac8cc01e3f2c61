/** Lines that were added, removed or kept: by a sign for the eye, and in words for the ear. */
import type { DiffLine } from '../transcript/diff-lines.ts'
import { visible } from '../visible.ts'

const WORDS = { '+': 'added', '-': 'removed', ' ': '' } as const

export const DiffLines = ({ lines }: { lines: readonly DiffLine[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
  <pre tabIndex={0}>
    {lines.map(({ mark, text }, index) => (
      <span key={index} class="diff-line" data-mark={mark}>
        <span class="unseen">{WORDS[mark]} </span>
        <span aria-hidden="true">{mark}</span> {visible(text)}
        {'\n'}
      </span>
    ))}
  </pre>
)
