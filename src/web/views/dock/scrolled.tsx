/** What an answer is about: all of it, and the answer's buttons stay where they are. */
import type { ComponentChildren } from 'preact'

export const Scrolled = ({ label, children }: { label: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
  <section class="scrolled" aria-label={label} tabIndex={0}>
    {children}
  </section>
)
