/** Both machines as they are at one step: their charts, what runs down, and what could come next. */
import { useState } from 'preact/hooks'
import { stateLabel } from '../labels.ts'
import { MACHINES, type MachineName } from '../machines.ts'
import { possibleTransitions } from '../possible.ts'
import type { MachineMoment, Moment } from '../state/moment.ts'
import { Chart } from './chart.tsx'
import { Timers } from './timers.tsx'

type Shown = {
  moment: Moment
  /** None: the contexts are not known. */
  contextOf?: (machine: MachineName) => Record<string, unknown>
  /** The server's time, in ms: live, or of the recording. */
  readNow: () => number
}

const NAMES: readonly MachineName[] = ['session', 'process']

export function Charts({ moment, contextOf, readNow }: Shown) {
  const [chosen, choose] = useState<MachineName>('session')
  return (
    <div class="charts">
      <div class="machines">
        {NAMES.map((name) => (
          <button
            key={name}
            type="button"
            class="machine-tab"
            aria-pressed={name === chosen}
            onClick={() => choose(name)}
          >
            <span class="quiet">{name}</span>
            <strong data-state={stateLabel(moment[name].lit) ?? 'none'}>
              {stateLabel(moment[name].lit)?.replaceAll('.', ' › ') ?? '—'}
            </strong>
          </button>
        ))}
      </div>
      <p class="unseen" role="status">
        {moment.session.lit.length > 0 &&
          `Session ${stateLabel(moment.session.lit)}, process ${stateLabel(moment.process.lit) ?? 'not there'}`}
      </p>
      {NAMES.map((name) => (
        <div key={name} class="one-chart" data-machine={name} data-shown={name === chosen}>
          <MachineNow {...moment[name]} name={name} context={contextOf?.(name)} readNow={readNow} />
        </div>
      ))}
    </div>
  )
}

type Now = MachineMoment & {
  name: MachineName
  context: Record<string, unknown> | undefined
  readNow: () => number
}

function MachineNow({ name, context, lit, timers, taken, seq, readNow }: Now) {
  const known = context === undefined ? null : { context, timers }
  const possible = possibleTransitions(MACHINES[name].transitions, lit, known)
  return (
    <>
      <Timers timers={timers} readNow={readNow} />
      <Chart machine={name} lit={lit} taken={taken} possible={possible.map(({ id }) => id)} step={seq} />
      {lit.length > 0 && <Possible events={eventsOf(possible)} />}
    </>
  )
}

function Possible({ events }: { events: readonly string[] }) {
  return (
    <details class="possible-events">
      <summary>
        {events.length === 0 ? 'Nothing can happen here' : `What can happen now: ${events.length}`}
      </summary>
      <ul>
        {events.map((event) => (
          <li key={event}>
            <code>{event}</code>
          </li>
        ))}
      </ul>
    </details>
  )
}

const eventsOf = (transitions: readonly { label: string }[]): string[] => [
  ...new Set(transitions.map(({ label }) => label)),
]
