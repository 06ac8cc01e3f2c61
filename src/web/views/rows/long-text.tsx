/** A text of any length: its first lines, or its last, or some of both, and more of it by the tap. */

import type { ComponentChildren } from 'preact'
import { countOf, numberText } from '../../amounts.ts'
import { ends, excerpt } from '../../transcript/excerpt.ts'
import { useFold } from './reading.ts'

/** At first, and with each tap: a phone lays out a thousand lines in a blink, and not a hundred thousand. */
const LINES_FIRST = 12
const LINES_MORE = 1_000
/** Where both ends are shown, so many of the first ones are at the beginning. */
const HEAD_LINES = 4

type LongTextProps = {
  name: string
  text: string
  from?: 'start' | 'end' | 'ends'
  /** So many at first. */
  lines?: number
  children: (text: string) => ComponentChildren
}

export function LongText({ name, text, from = 'start', lines = LINES_FIRST, children }: LongTextProps) {
  const [steps, set] = useFold(name)
  const more = steps * LINES_MORE
  const { head, tail } =
    from === 'ends'
      ? ends(text, { head: HEAD_LINES + more, tail: lines - HEAD_LINES })
      : { head: excerpt(text, lines + more, from), tail: null }
  const left = head.lines - head.shown - (tail?.shown ?? 0)
  const button = (tail !== null || !head.isWhole) && (
    <button type="button" class="more plain" aria-expanded={steps > 0} onClick={() => set(steps + 1)}>
      {left > LINES_MORE
        ? `Show ${countOf(LINES_MORE, 'more line')} of ${numberText(head.lines)}`
        : left > 0
          ? `Show all ${countOf(head.lines, 'line')}`
          : 'Show more'}
    </button>
  )
  return (
    <>
      {from === 'end' && button}
      {children(head.text)}
      {from !== 'end' && button}
      {tail !== null && children(tail.text)}
      {steps > 0 && (
        <button type="button" class="more plain" aria-expanded="true" onClick={() => set(0)}>
          Show less
        </button>
      )}
    </>
  )
}
