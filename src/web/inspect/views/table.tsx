/** The total table: what comes of every event in every state. */
import { useState } from 'preact/hooks'
import { findRows } from '../find-rows.ts'
import { MACHINES, type MachineName, type Outcome, type StateTable } from '../machines.ts'

const NAMES: readonly MachineName[] = ['session', 'process']

export function Table() {
  const [machine, setMachine] = useState<MachineName>('session')
  const [query, setQuery] = useState('')
  const states = findRows(MACHINES[machine].table, query)
  return (
    <div class="machine-table">
      <search>
        <fieldset class="which">
          <legend class="unseen">Machine</legend>
          {NAMES.map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="machine"
                checked={name === machine}
                onChange={() => setMachine(name)}
              />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
        <input
          type="search"
          aria-label="Find an event"
          placeholder="Find an event"
          autocapitalize="off"
          spellcheck={false}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </search>
      {states.map((state) => (
        <State key={state.id} state={state} isWhole={query.trim() === ''} />
      ))}
      <p class="quiet" role="status">
        {states.length === 0 && 'No state knows such an event.'}
      </p>
    </div>
  )
}

function State({ state: { id, name, rows, ignored }, isWhole }: { state: StateTable; isWhole: boolean }) {
  return (
    <section data-id={id} aria-label={name}>
      <h2>{name}</h2>
      <dl>
        {rows.map(({ events, outcomes }) => (
          <div key={events[0]} class="row">
            <dt>
              {events.map((event) => (
                <code key={event}>{event}</code>
              ))}
            </dt>
            {outcomes.map((outcome) => (
              <dd key={outcome.when}>
                <Result outcome={outcome} isOneOfMany={outcomes.length > 1} />
              </dd>
            ))}
          </div>
        ))}
        {ignored.length > 0 && (
          <div class="row ignored">
            <dt>Nothing comes of</dt>
            <dd>{ignored.join(', ')}</dd>
          </div>
        )}
      </dl>
      {isWhole && rows.length === 0 && <p class="quiet">The end: it hears nothing.</p>}
    </section>
  )
}

function Result({ outcome: { when, to, does }, isOneOfMany }: { outcome: Outcome; isOneOfMany: boolean }) {
  return (
    <>
      {isOneOfMany && <em class="when">{when ?? 'otherwise'}</em>}
      {to !== undefined && <strong class="to">→ {to}</strong>}
      <span class="does">{does.join(', ') || (to === undefined && 'nothing')}</span>
    </>
  )
}
