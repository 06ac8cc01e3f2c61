/** One step in full: what came, where it led, and what it changed. */
import { useMemo } from 'preact/hooks'
import type { Step } from '../../../client/index.ts'
import { readDiff } from '../../transcript/diff-lines.ts'
import type { Edit } from '../../transcript/edits.ts'
import { DiffLines } from '../../views/diff-lines.tsx'
import { visible } from '../../visible.ts'
import { eventLabel, stateLabel } from '../labels.ts'
import { actionsOf } from '../machines.ts'

type Shown = {
  step: (Step & { guess?: string | null }) | undefined
  /** Its address in the log of its turn, where it stays; none when that is what is looked at. */
  recordedAt?: string | undefined
}

export function StepView({ step, recordedAt }: Shown) {
  if (step === undefined) return <p class="empty quiet">No step is chosen.</p>
  const { seq, at, from, to, event, before, after, taken, changes, guess, lost, eventId } = step
  const [was, is] = [stateLabel(before), stateLabel(after)]
  const actions = step.actions.length > 0 ? step.actions : actionsOf(step)
  return (
    <div class="step" data-seq={seq}>
      <h3>
        {visible(eventLabel(event.type))}
        <span class="quiet">
          {' '}
          {from} → {to}
        </span>
      </h3>
      <p class="quiet">
        Step {seq} · {at.replace('T', ' ').replace('Z', ' UTC')}
        {eventId >= 0 && ' · '}
        {eventId >= 0 &&
          (recordedAt === undefined ? `log at ${eventId}` : <a href={recordedAt}>log at {eventId}</a>)}
      </p>
      {guess != null && <p class="guess">A guess: {guess}.</p>}
      {lost && <p class="guess">Nothing came of it: the actor was not there any more, or failed with it.</p>}
      {to !== 'port' && (
        <p class="states">
          <code>{was ?? 'nothing'}</code>
          {was === is ? ' stays' : ' → '}
          {was !== is && <code>{is ?? 'nothing'}</code>}
        </p>
      )}
      {taken.length > 0 && (
        <dl class="facts">
          <dt>Taken</dt>
          <dd>{taken.map(visible).join(', ')}</dd>
          {actions.length > 0 && (
            <>
              <dt>Actions</dt>
              <dd>{actions.map(visible).join(', ')}</dd>
            </>
          )}
        </dl>
      )}
      <h4>Event</h4>
      <Json value={event} />
      <h4>Context</h4>
      {changes.length === 0 && <p class="quiet">Nothing changed.</p>}
      {changes.map((change) => (
        <Change key={change.field} {...change} />
      ))}
    </div>
  )
}

function Change({ field, before, after }: Step['changes'][number]) {
  const lines = useMemo(() => {
    const edit: Edit = { before: pretty(before), after: pretty(after), isAll: false }
    return readDiff(edit)
  }, [before, after])
  return (
    <figure class="change diff">
      <figcaption>{visible(field)}</figcaption>
      <DiffLines lines={lines} />
    </figure>
  )
}

export function Json({ value }: { value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <pre class="json" tabIndex={0}>
      {visible(pretty(value))}
    </pre>
  )
}

const pretty = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value, null, 2))
