/**
 * Text that is to be allowed, to the letter and with nothing in it that hides the rest. Short words stay in one piece:
 * `--force` is not to be read as `-` and `-force`.
 */
import type { ComponentChild } from 'preact'
import { type Stretch, stretches } from '../../state/blanks.ts'
import { visible } from '../../visible.ts'

const SHORT_CHARS = 28

export const Words = ({ text }: { text: string }) => stretches(visible(text)).map(show)

const show = (stretch: Stretch, index: number): ComponentChild =>
  typeof stretch === 'string' ? (
    stretch
      .split(/(\s+)/)
      .map((part) =>
        part.includes('-') && part.length <= SHORT_CHARS ? <span class="word">{part}</span> : part,
      )
  ) : (
    <mark key={index} class="blank">
      {stretch.blank}
    </mark>
  )
