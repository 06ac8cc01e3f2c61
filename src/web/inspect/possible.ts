/** What a machine could do now. */
import type { InspectedTimer } from '../../client/index.ts'
import type { Transition } from './machines.ts'

/** An actor, as far as a guard looks at it; and all that runs down in it. */
export type KnownActor = { context: Record<string, unknown>; timers: readonly InspectedTimer[] }

/**
 * As statecharts resolve it: an inner state comes before the ones that it is in, and a transition that nothing guards
 * hides those behind it. Of those with guards that are up to the event each may be the one; `always` waits for no event
 * and is none of them.
 *
 * @param lit the ids of the states that are lit, outermost first
 * @param known null: all guards may be passed, and all clocks run
 * @returns in the order in which they would be tried, event by event
 */
export function possibleTransitions(
  transitions: readonly Transition[],
  lit: readonly string[],
  known: KnownActor | null,
): Transition[] {
  const settled = new Set<string>()
  return lit
    .toReversed()
    .flatMap((id) => transitions.filter(({ source, event }) => source === id && event !== ''))
    .filter(({ event }) => known === null || !isOfClock(event) || runsDown(event, known))
    .filter(({ event, guard }) => {
      const isPassed = guard === undefined || passes(guard, event, known?.context ?? {})
      const isOpen = isPassed !== false && !settled.has(event)
      if (isPassed === true) settled.add(event)
      return isOpen
    })
    .filter(({ target, actions }) => target !== undefined || actions !== undefined)
}

const isOfClock = (event: string): boolean => event.startsWith('xstate.after.') || event === 'EXPIRE'

const runsDown = (event: string, { timers }: KnownActor): boolean =>
  timers.some((timer) => timer.event === event)

/** Whether a guard lets an event through, by the context alone; null: that does not decide it, or is not known. */
function passes(guard: string, event: string, context: Record<string, unknown>): boolean | null {
  const { asked, asking, leftovers, cause } = context as Context
  switch (guard) {
    case 'isOpen':
      return asked?.length === 0 ? false : null
    case 'isAsking':
      return event === 'ASKING' ? null : (asking ?? null)
    case 'killsLeftovers':
      return leftovers ? leftovers.ended === 'kill' : null
    case 'sparesLeftovers':
      return leftovers ? cause !== 'exited' && cause !== 'lost' && leftovers.stopped !== 'kill' : null
    default:
      return null
  }
}

type Context = {
  asked?: readonly unknown[]
  asking?: boolean
  leftovers?: { ended: string; stopped: string }
  cause?: string
}
