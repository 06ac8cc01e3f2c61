/** What a command printed, with its colours. */
import { memo } from 'preact/compat'
import { useMemo } from 'preact/hooks'
import { readTerminal } from '../../transcript/terminal.ts'

export const Terminal = memo(({ text }: { text: string }) => {
  const pieces = useMemo(() => readTerminal(text), [text])
  return (
    <pre class="terminal">
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
