/** What a command printed, with its colours. */
import { memo } from 'preact/compat'
import { useMemo } from 'preact/hooks'
import { readTerminal } from '../../transcript/terminal.ts'

/** Tables keep their columns and scroll sideways; where a line is as long as this, all are broken. */
const WRAP_CHARS = 160

export const Terminal = memo(({ text }: { text: string }) => {
  const pieces = useMemo(() => readTerminal(text), [text])
  const wraps = useMemo(() => text.split('\n').some(({ length }) => length > WRAP_CHARS), [text])
  return (
    <pre class="terminal" data-wraps={wraps}>
      {pieces.map(({ text, classes, color }, index) =>
        classes === '' && color === null ? (
          text
        ) : (
          <span key={index} class={classes} {...(color !== null && { style: { color } })}>
            {text}
          </span>
        ),
      )}
    </pre>
  )
})
