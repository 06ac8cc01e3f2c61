/** A tool's use on a card: what the agent wanted, who allowed it, how long it took and what came of it. */
import { memo } from 'preact/compat'
import { useContext } from 'preact/hooks'
import type { ToolRow, ToolState } from '../../transcript/row.ts'
import { toolWords } from '../../transcript/tool-words.ts'
import { visible } from '../../visible.ts'
import { Duration } from './duration.tsx'
import { ReadingContext } from './reading.ts'
import { Resolution } from './resolution.tsx'
import { ToolBody } from './tool-body.tsx'

const STATES: Record<ToolState, { mark: string; word: string }> = {
  running: { mark: '', word: 'running' },
  asked: { mark: '?', word: 'waits for you' },
  denied: { mark: '⊘', word: 'denied' },
  done: { mark: '✓', word: 'done' },
  failed: { mark: '✗', word: 'failed' },
  unfinished: { mark: '–', word: 'did not finish' },
}

export const Tool = memo(({ row }: { row: ToolRow }) => {
  const { workspace } = useContext(ReadingContext)
  const { state, use, result, resolution } = row
  const { mark, word } = STATES[state]
  const { title, subject } = use
    ? toolWords(use.name, use.input, row.description)
    : { title: 'Begun earlier', subject: '' }
  const shownTitle = visible(title)
  // What an operator took to answer is not the tool's time.
  const from = resolution?.at ?? row.at
  const isTimed = from !== null && (state === 'running' || result !== null)
  return (
    <section class="tool" data-state={state} aria-label={`${shownTitle}: ${word}`}>
      <header>
        <span class="tool-mark" aria-hidden="true">
          {mark}
        </span>
        <h2 dir="auto">
          {shownTitle}
          {subject !== '' && <code>{visible(subject.replace(`${workspace}/`, ''))}</code>}
        </h2>
        {state === 'asked' || state === 'unfinished' || state === 'denied' ? (
          <span class="duration">{word}</span>
        ) : (
          isTimed && <Duration from={from} to={result?.at ?? null} />
        )}
      </header>
      <ToolBody row={row} />
      {resolution !== null && <Resolution resolution={resolution} />}
    </section>
  )
})
