/** What every actor is at one step, by that step and those before it. Pure. */
import type { ActorId, InspectedActor, InspectedTimer, Step } from '../../../client/index.ts'

export type MachineMoment = {
  lit: readonly string[]
  timers: readonly InspectedTimer[]
  /** The ids of the transitions that it took last. */
  taken: readonly string[]
  /** The number of its last step; -1: none is known. */
  seq: number
}

export type Moment = Record<'session' | 'process', MachineMoment>

const NOTHING: MachineMoment = { lit: [], timers: [], taken: [], seq: -1 }

export type Known = {
  /** As they are now, for those of which no step tells. */
  actors?: readonly InspectedActor[]
  /** The number of the first step that is drawn together with the one at `index`: all that they took is marked. */
  sinceSeq?: number
}

/** @param index of the step that was just taken; -1: none was yet */
export function momentAt(steps: readonly Step[], index: number, known: Known = {}): Moment {
  const session = actorAt('session', steps, index, known)
  const isAtRest = session.lit.includes('session.idle')
  // It is invoked for a turn, and gone with it, without a step of its own.
  return { session, process: isAtRest ? NOTHING : actorAt('process', steps, index, known) }
}

function actorAt(
  id: ActorId,
  steps: readonly Step[],
  index: number,
  { actors = [], sinceSeq = Number.POSITIVE_INFINITY }: Known,
): MachineMoment {
  for (let at = index; at >= 0; at--) {
    const step = steps[at]!
    if (step.to === id && !step.lost) {
      const { after: lit, timers, seq } = step
      const drawn = steps
        .slice(0, at + 1)
        .filter((each) => each.to === id && each.seq >= Math.min(sinceSeq, seq))
      return { lit, timers, seq, taken: drawn.flatMap(({ taken }) => taken) }
    }
    // Another turn has another process.
    if (id === 'process' && step.to === 'session' && step.after.includes('session.idle')) return NOTHING
  }
  const next = steps.slice(index + 1).find((step) => step.to === id)
  if (next !== undefined) return { ...NOTHING, lit: next.before }
  const actor = actors.find((each) => each.id === id)
  return actor === undefined ? NOTHING : { ...NOTHING, lit: actor.states, timers: actor.timers }
}
