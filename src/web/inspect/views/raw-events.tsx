/** Every step in a line, as it came, with a filter. */
import { useMemo, useState } from 'preact/hooks'
import type { Step } from '../../../client/index.ts'
import { visible } from '../../visible.ts'
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
        placeholder="Filter: session, OUTPUT, a word…"
        aria-label="Filter the events"
        value={filter}
        onInput={(event) => setFilter(event.currentTarget.value)}
      />
      <p class="unseen" role="status">
        {found.length} of {steps.length} events
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

/** @returns the indices of those that have all words of the filter in them */
function findSteps(steps: readonly Step[], filter: string): number[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  return steps.flatMap((step, index) => {
    if (words.length === 0) return [index]
    const text = `${step.from} ${step.to} ${JSON.stringify(step.event)} ${step.taken.join(' ')}`.toLowerCase()
    return words.every((word) => text.includes(word)) ? [index] : []
  })
}
