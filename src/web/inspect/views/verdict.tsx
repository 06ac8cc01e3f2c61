/** Whether a log is in order, and the way to where it is not. */
import type { Checked, Violation } from '../../../client/index.ts'
import { visible } from '../../visible.ts'

type Shown = {
  checked: Checked
  /** The address of the turn in which one is. */
  pathOf: (violation: Violation) => string
}

/** Of the rest there is the number: a log that is upside down has as many as events. */
const SHOWN_MAX = 50

export const Verdict = ({ checked, pathOf }: Shown) => (
  <>
    {checked.violations.length === 0 ? (
      <p class="verdict" data-good="true" role="status">
        In order: all {checked.events} events obey the rules.
      </p>
    ) : (
      <Violations {...{ checked, pathOf }} />
    )}
    {checked.openTurn !== null && <p class="quiet">Turn {checked.openTurn} has no end yet.</p>}
  </>
)

function Violations({ checked: { events, violations }, pathOf }: Shown) {
  return (
    <details class="verdict" data-good="false">
      <summary>
        {violations.length === 1 ? '1 violation' : `${violations.length} violations`} in {events} events.
        {open}
      </summary>
      <ul>
        {violations.slice(0, SHOWN_MAX).map((violation) => (
          <li key={`${violation.position} ${violation.what}`}>
            <a href={pathOf(violation)}>
              {visible(`${violation.event.kind} ${violation.event.id}: ${violation.what}`)}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
