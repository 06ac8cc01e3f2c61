/** A text of any length: its first lines, or its last, and more of it by the tap. */
import type { ComponentChildren } from 'preact'
import { excerpt } from '../../transcript/excerpt.ts'
import { countOf, numberText } from '../../transcript/words.ts'
import { useFold } from './reading.ts'

/** At first, and with each tap: a phone lays out a thousand lines in a blink, and not a hundred thousand. */
const LINES_FIRST = 12
const LINES_MORE = 1_000

type LongTextProps = {
  name: string
  text: string
  from?: 'start' | 'end'
  /** So many at first. */
  lines?: number
  children: (text: string) => ComponentChildren
}

export function LongText({ name, text, from = 'start', lines = LINES_FIRST, children }: LongTextProps) {
  const [steps, set] = useFold(name)
  const part = excerpt(text, lines + steps * LINES_MORE, from)
  const more = part.lines - part.shown
  const button = !part.isWhole && (
    <button type="button" class="more plain" aria-expanded={steps > 0} onClick={() => set(steps + 1)}>
      {more > LINES_MORE
        ? `Show ${countOf(LINES_MORE, 'more line')} of ${numberText(part.lines)}`
        : more > 0
          ? `Show all ${countOf(part.lines, 'line')}`
          : 'Show more'}
    </button>
  )
  return (
    <>
      {from === 'end' && button}
      {children(part.text)}
      {from === 'start' && button}
      {steps > 0 && (
        <button type="button" class="more plain" aria-expanded="true" onClick={() => set(0)}>
          Show less
        </button>
      )}
    </>
  )
}
