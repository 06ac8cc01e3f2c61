/** What an answer is about: all of it, with how much is still to come, and the answer's buttons stay where they are. */

import type { ComponentChildren } from 'preact'
import { countOf } from '../../amounts.ts'
import type { Reading } from './use-reading.ts'

/** What a button says that would allow what was not read yet. */
export const READ_ON = 'Read on ↓'

type Props = { label: string; reading: Reading; children: ComponentChildren }

export const Scrolled = ({ label, reading: { box, linesBelow }, children }: Props) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
  <section ref={box} class="scrolled" aria-label={label} tabIndex={0}>
    <div>{children}</div>
    <p class="below" aria-hidden="true" data-any={linesBelow > 0}>
      <span>{countOf(linesBelow, 'line')} more ↓</span>
    </p>
  </section>
)
