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

export function Verdict({ checked: { events, violations, openTurn }, pathOf }: Shown) {
  const open = openTurn === null ? '' : ` Turn ${openTurn} has no end yet.`
  if (violations.length === 0)
    return (
      <p class="verdict" data-good="true" role="status">
        In order: all {events} events obey the rules.{open}
      </p>
    )
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
