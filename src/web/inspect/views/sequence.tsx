/** Who sent what to whom, in the order of time: a line for each actor, an arrow for each event. */
import type { Sender, Step } from '../../../client/index.ts'
import { visible } from '../../visible.ts'
import { offsetLabel, stepLabel } from '../labels.ts'
import { Rows } from './rows.tsx'

type Shown = { steps: readonly Step[]; current: number; onChoose: (index: number) => void }

const LINES = ['outside', 'session', 'process', 'port'] as const
const NAMES: Record<(typeof LINES)[number], string> = {
  outside: 'operator',
  session: 'session',
  process: 'process',
  port: 'port / agent',
}
const ROW_PX = 44

export function Sequence({ steps, current, onChoose }: Shown) {
  const start = Date.parse(steps[0]?.at ?? '')
  return (
    <div class="sequence">
      <div class="lifelines" aria-hidden="true">
        <span />
        {LINES.map((line) => (
          <span key={line}>{NAMES[line]}</span>
        ))}
      </div>
      <Rows
        label="Steps"
        count={steps.length}
        height={ROW_PX}
        current={current}
        render={(index) => {
          const step = steps[index]!
          // The server leaves steps out for whoever reads slowly.
          const missed = step.seq - (steps[index - 1]?.seq ?? step.seq - 1) - 1
          return (
            <button
              type="button"
              class="message"
              aria-pressed={index === current}
              data-seq={step.seq}
              data-guess={isGuess(step)}
              onClick={() => onChoose(index)}
            >
              <span class="time">
                {missed > 0 && <em class="missed">{missed} missed</em>}
                {offsetLabel(Date.parse(step.at) - start)}
              </span>
              <Arrow step={step} />
            </button>
          )
        }}
      />
      {steps.length === 0 && <p class="empty quiet">Nothing has happened yet.</p>}
    </div>
  )
}

const isGuess = (step: Step & { guess?: string | null }): boolean => step.guess != null

function Arrow({ step: { from, to, event } }: { step: Step }) {
  const [a, b] = [lineOf(from, to), LINES.indexOf(to)]
  const name = visible(stepLabel(event))
  const who = from === 'clock' ? `the clock of the ${to}` : from
  return (
    <span class="track">
      <span
        class="arrow"
        data-way={a === b ? 'self' : a < b ? 'right' : 'left'}
        style={{
          gridColumn:
            a === b ? `${2 * a + 2} / span 2` : `${2 * Math.min(a, b) + 2} / ${2 * Math.max(a, b) + 2}`,
        }}
      >
        <span class="unseen">{`${who} to ${to}: `}</span>
        <span class="name">{name}</span>
      </span>
    </span>
  )
}

/** What an actor's own clock sends comes from itself. */
const lineOf = (from: Sender, to: Step['to']): number =>
  from === 'clock' ? LINES.indexOf(to) : LINES.indexOf(from)
