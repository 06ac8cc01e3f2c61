/** Whether a log is in order, and the way to where it is not. */
import type { Violation } from '../../../client/index.ts'
import { visible } from '../../visible.ts'

type Shown = {
  /** How many events were looked at. */
  events: number
  violations: readonly Violation[]
  /** The address of the turn in which one is. */
  pathOf: (violation: Violation) => string
}

/** Of the rest there is the number: a log that is upside down has as many as events. */
const SHOWN_MAX = 50

export function Verdict({ events, violations, pathOf }: Shown) {
  if (violations.length === 0)
    return (
      <p class="verdict" data-good="true" role="status">
        In order: all {events} events obey the rules.
      </p>
    )
  return (
    <details class="verdict" data-good="false">
      <summary>
        {violations.length === 1 ? '1 violation' : `${violations.length} violations`} in {events} events
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
