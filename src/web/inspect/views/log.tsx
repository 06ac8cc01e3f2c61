/** The log of a turn beside its steps: what the chosen step put there is marked, and so is what should not be there. */
import { useMemo } from 'preact/hooks'
import type { Event, Violation } from '../../../client/index.ts'
import { visible } from '../../visible.ts'
import { eventOfStep, type Recording } from '../state/recording.ts'
import { Rows } from './rows.tsx'

type Shown = {
  recording: Recording
  /** The index of the chosen step. */
  current: number
  violations: readonly Violation[]
  onChoose: (eventId: number) => void
}

const ROW_PX = 44
const CHARS_MAX = 300

export function Log({ recording, current, violations, onChoose }: Shown) {
  const { events, steps, isCut } = recording
  const faults = useMemo(() => Map.groupBy(violations, ({ event }) => event.id), [violations])
  const own = new Set(steps[current]?.events.map(({ id }) => id))
  const reached = eventOfStep(recording, current)
  return (
    <div class="log">
      {isCut && <p class="guess">This turn is longer than this page takes: its beginning is here.</p>}
      <Rows
        label="Log of the turn"
        count={events.length}
        height={ROW_PX}
        current={reached}
        render={(index) => {
          const event = events[index]!
          const fault = faults.get(event.id)
          return (
            <button
              type="button"
              class="line"
              aria-pressed={own.has(event.id)}
              data-event={event.id}
              data-come={index <= reached}
              data-wrong={fault !== undefined}
              onClick={() => onChoose(event.id)}
            >
              <span class="quiet">{event.id}</span> <strong>{visible(event.kind)}</strong>{' '}
              {fault === undefined ? lineOf(event) : `✗ ${fault.map(({ what }) => what).join('; ')}`}
            </button>
          )
        }}
      />
    </div>
  )
}

function lineOf({ id, at, turn, kind, ...fields }: Event): string {
  const said = 'text' in fields && typeof fields.text === 'string' ? fields.text : shorten(fields)
  return visible(said.slice(0, CHARS_MAX).replace(/\s+/g, ' '))
}

const shorten = (fields: object): string => (Object.keys(fields).length === 0 ? '' : JSON.stringify(fields))
