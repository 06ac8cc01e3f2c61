/** Every step in a line, as it came, with a filter. */
import { useMemo, useState } from 'preact/hooks'
import type { Step } from '../../../client/index.ts'
import { visible } from '../../visible.ts'
import { findSteps } from '../find-steps.ts'
import { Rows } from './rows.tsx'

type Shown = { steps: readonly Step[]; current: number; onChoose: (index: number) => void }

const ROW_PX = 44
/** Of one line; the step itself has all of it. */
const CHARS_MAX = 400

export function RawEvents({ steps, current, onChoose }: Shown) {
  const [filter, setFilter] = useState('')
  const found = useMemo(() => findSteps(steps, filter), [steps, filter])
  return (
    <div class="raw">
      <input
        type="search"
        placeholder="Filter: stopping, OUTPUT, a word…"
        aria-label="Filter the events"
        value={filter}
        onInput={(event) => setFilter(event.currentTarget.value)}
      />
      <p class="quiet" role="status">
        {found.length === 0 && steps.length > 0
          ? `None of ${steps.length} events has that in it.`
          : `${found.length} of ${steps.length} events`}
      </p>
      <Rows
        label="Events"
        count={found.length}
        height={ROW_PX}
        current={found.indexOf(current)}
        render={(row) => {
          const index = found[row]!
          const step = steps[index]!
          return (
            <button
              type="button"
              class="line"
              aria-pressed={index === current}
              onClick={() => onChoose(index)}
            >
              <span class="quiet">{step.seq}</span> <strong>{step.to}</strong> {lineOf(step)}
            </button>
          )
        }}
      />
    </div>
  )
}

const lineOf = ({ event: { type, ...fields } }: Step): string =>
  visible(`${type} ${Object.keys(fields).length === 0 ? '' : JSON.stringify(fields)}`.slice(0, CHARS_MAX))
