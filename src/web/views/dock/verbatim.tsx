/** Text to the letter, which scrolls when it is long, by keys as well. */
import type { ComponentChildren } from 'preact'

type Props = { label: string; class?: string; children: ComponentChildren }

export const Verbatim = ({ label, children, ...rest }: Props) => (
  <section aria-label={label}>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached */}
    <pre {...rest} tabIndex={0}>
      {children}
    </pre>
  </section>
)
