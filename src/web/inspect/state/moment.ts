/** What every actor is at one step, by that step and those before it. Pure. */
import type { ActorId, InspectedActor, InspectedTimer, Step } from '../../../client/index.ts'

export type Moment = Record<
  'session' | 'process',
  { lit: readonly string[]; timers: readonly InspectedTimer[] }
>

const NOTHING: Moment['session'] = { lit: [], timers: [] }

/**
 * @param index of the step that was just taken; -1: none was yet
 * @param actors as they are now, for those of which no step tells
 */
export function momentAt(
  steps: readonly Step[],
  index: number,
  actors: readonly InspectedActor[] = [],
): Moment {
  const session = actorAt('session', steps, index, actors)
  const isAtRest = session.lit.includes('session.idle')
  // It is invoked for a turn, and gone with it, without a step of its own.
  return { session, process: isAtRest ? NOTHING : actorAt('process', steps, index, actors) }
}

function actorAt(
  id: ActorId,
  steps: readonly Step[],
  index: number,
  actors: readonly InspectedActor[],
): Moment['session'] {
  for (let at = index; at >= 0; at--) {
    const step = steps[at]!
    if (step.to === id && !step.lost) return { lit: step.after, timers: step.timers }
    // Another turn has another process.
    if (id === 'process' && step.to === 'session' && step.after.includes('session.idle')) return NOTHING
  }
  const next = steps.slice(index + 1).find((step) => step.to === id)
  if (next !== undefined) return { lit: next.before, timers: [] }
  const actor = actors.find((each) => each.id === id)
  return actor === undefined ? NOTHING : { lit: actor.states, timers: actor.timers }
}
