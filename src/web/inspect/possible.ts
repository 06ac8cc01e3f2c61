/** What a machine could do now. */
import type { Transition } from './machines.ts'

/**
 * As statecharts resolve it: an inner state comes before the ones that it is in, and a transition that nothing guards
 * hides those behind it. Of those with guards each may be the one; `always` waits for no event and is none of them.
 *
 * @param lit the ids of the states that are lit, outermost first
 * @returns in the order in which they would be tried, event by event
 */
export function possibleTransitions(
  transitions: readonly Transition[],
  lit: readonly string[],
): Transition[] {
  const settled = new Set<string>()
  return lit
    .toReversed()
    .flatMap((id) => transitions.filter(({ source, event }) => source === id && event !== ''))
    .filter(({ event, guard }) => {
      const isOpen = !settled.has(event)
      if (guard === undefined) settled.add(event)
      return isOpen
    })
    .filter(({ target, actions }) => target !== undefined || actions !== undefined)
}
