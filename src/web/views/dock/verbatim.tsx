/** Text to the letter, whatever its length: what it stands in scrolls. */
import type { ComponentChildren } from 'preact'

export const Verbatim = ({ label, children }: { label: string; children: ComponentChildren }) => (
  <section aria-label={label}>
    <pre>{children}</pre>
  </section>
)
