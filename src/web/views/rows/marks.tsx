/** What happened around the words: a new day, a notice, an error, the end of a turn. */

import { useContext } from 'preact/hooks'
import { costText, countOf, countText } from '../../amounts.ts'
import { dayText, durationText, timeText } from '../../times.ts'
import type { DayRow, EndRow, ErrorRow, LineRow, Outcome } from '../../transcript/row.ts'
import { visible } from '../../visible.ts'
import { LongText } from './long-text.tsx'
import { ClockContext } from './reading.ts'

export function Day({ row }: { row: DayRow }) {
  const { aheadMs } = useContext(ClockContext)
  return (
    <p class="day">
      <time dateTime={row.at!}>{dayText(row.at!, new Date(Date.now() - aheadMs))}</time>
    </p>
  )
}

/** What is not the agent's own text. */
const WORDS: Record<string, string> = {
  removed: 'A waiting prompt was removed',
  cleared: 'A waiting prompt was removed',
  edited: 'A waiting prompt was edited',
  resolved: 'An earlier question was answered',
}

export function Line({ row }: { row: LineRow }) {
  const { text, code, level, count, key } = row
  const words = WORDS[code]
  return (
    <aside class="line" data-level={level} aria-label={level === 'warn' ? 'Warning' : 'Notice'}>
      {words !== undefined && <span>{words}</span>}
      {text !== '' && (
        <LongText name={`${key}.line`} text={text} lines={4}>
          {(shown) => <span class={words === undefined ? undefined : 'quiet'}>{visible(shown)}</span>}
        </LongText>
      )}
      {count > 1 && <span class="times">×{count}</span>}
    </aside>
  )
}

export const ErrorMark = ({ row }: { row: ErrorRow }) => (
  <article class="error" aria-label="Error">
    <h2>{ERRORS[row.code] ?? visible(row.code)}</h2>
    {row.text !== '' && <pre>{visible(row.text)}</pre>}
  </article>
)

const ERRORS: Record<string, string> = {
  spawn_failed: 'The agent could not be started',
  disk_full: 'The disk is full',
  exit_nonzero: 'It ended with an error',
  agent_error: 'The agent failed',
  timed_out: 'It took too long',
  stalled: 'The agent went silent',
  output_limit: 'The agent said too much',
  lost: 'Nobody can say how it ended',
  interrupted: 'The machine was restarted',
}

const OUTCOMES: Record<Outcome, string> = {
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Stopped',
  timed_out: 'Timed out',
  interrupted: 'Interrupted',
  lost: 'Lost',
}

export function TurnEnd({ row }: { row: EndRow }) {
  const { outcome, exitCode, signal, survivors, durationMs, usage, at } = row
  const facts = [
    durationMs === null ? '' : durationText(durationMs),
    signal ?? (exitCode ? `exit ${exitCode}` : ''),
    usage === null ? '' : `${countText(usage.inputTokens + usage.outputTokens)} tokens`,
    usage === null ? '' : costText(usage.costUsd),
    timeText(at!),
  ].filter((fact) => fact !== '')
  return (
    <section class="end" data-outcome={outcome} aria-label="End of turn">
      <p>
        <strong>{OUTCOMES[outcome]}</strong> {facts.join(' · ')}
      </p>
      {survivors > 0 && <p class="survivors">{countOf(survivors, 'process', 'processes')} still there</p>}
    </section>
  )
}
