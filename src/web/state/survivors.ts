/** What a stopped turn left behind on the machine: until the operator has seen it. Pure. */
import type { Event } from '../../client/index.ts'

export type Survivors = {
  turn: number
  count: number
  /** As the server names them: pids and command lines. */
  names: readonly string[]
}

const NAMING = new Set(['survivors', 'left_behind', 'maybe_left_behind'])

/**
 * Of the newest turn that was stopped and left something.
 * @param seenTurn the newest turn whose survivors were dismissed
 */
export function survivorsOf(events: readonly Event[], seenTurn: number): Survivors | null {
  const end = events.findLast((event) => event.kind === 'turn_end' && event.turn > seenTurn && isKill(event))
  if (end === undefined) return null
  const names = events.flatMap((event) =>
    event.kind === 'notice' && event.turn === end.turn && NAMING.has(event.code) ? [event.text] : [],
  )
  return { turn: end.turn, count: (end as TurnEnd).survivors, names }
}

type TurnEnd = Extract<Event, { kind: 'turn_end' }>

/** What a turn leaves that ends by itself may be what it was for. */
const isKill = ({ outcome, survivors }: TurnEnd): boolean =>
  survivors > 0 && (outcome === 'cancelled' || outcome === 'timed_out')
