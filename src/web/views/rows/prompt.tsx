/** What an operator said. */
import { bytesText } from '../../amounts.ts'
import { timeText } from '../../times.ts'
import { callerText } from '../../transcript/caller.ts'
import type { PromptRow } from '../../transcript/row.ts'
import { visible } from '../../visible.ts'
import { Code } from './code.tsx'
import { LongText } from './long-text.tsx'

export function Prompt({ row }: { row: PromptRow }) {
  const { text, by, at, attachments, isScript, key } = row
  return (
    <article class="prompt" aria-label="Prompt">
      <h2 class="unseen">Prompt</h2>
      <div class="bubble" data-script={isScript}>
        <LongText name={`${key}.prompt`} text={text} lines={20}>
          {(shown) =>
            isScript ? (
              <pre>
                <Code text={visible(shown)} language="bash" />
              </pre>
            ) : (
              <p dir="auto">{visible(shown.replace(/\r\n?/g, '\n'))}</p>
            )
          }
        </LongText>
        {attachments.length > 0 && (
          <ul class="attachments" aria-label="Attached">
            {attachments.map(({ path, bytes }) => (
              <li key={path}>
                {visible(path.replace(/^attachments\//, ''))} <span class="quiet">{bytesText(bytes)}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <p class="meta">
        {by !== null && `${visible(callerText(by))} · `}
        {timeText(at!)}
      </p>
    </article>
  )
}
