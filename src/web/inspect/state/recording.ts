/** One past turn, ready to be played: its events, its steps, and when each is due. Pure. */
import type { Event, Violation } from '../../../client/index.ts'
import type { LoggedStep } from '../log/logged-step.ts'
import { stepsOfTurn } from '../log/steps-of-turn.ts'
import type { Place } from '../route.ts'
import { createTimeline, type Timeline } from './timeline.ts'

export type Recording = {
  events: readonly Event[]
  steps: readonly LoggedStep[]
  timeline: Timeline
  /** The step that each event came from, or that was the last when it came, by its id. */
  stepOf: ReadonlyMap<number, number>
  /** Whether the turn goes on beyond what is here. */
  isCut: boolean
  /** Whether its end is not there: it runs still, or its log was broken off. */
  isOpen: boolean
}

/** @param events of one turn; what leaves the queue for it may stand in front */
export function createRecording(events: readonly Event[], isCut: boolean): Recording {
  const steps = stepsOfTurn(events)
  const stepOf = new Map<number, number>()
  for (const [index, { events: own }] of steps.entries()) for (const { id } of own) stepOf.set(id, index)
  let last = 0
  for (const { id } of events) {
    last = stepOf.get(id) ?? last
    stepOf.set(id, last)
  }
  const timeline = createTimeline(steps.map(({ at }) => at))
  const isOpen = events.every(({ kind }) => kind !== 'turn_end')
  return { events, steps, timeline, stepOf, isCut, isOpen }
}

/** The index of the step that an address asks for; null: it asks for none, or for what is not here. */
export const stepOfPlace = ({ stepOf }: Recording, { step, event }: Place): number | null =>
  step ?? stepOf.get(event ?? -1) ?? null

/** The index of the newest event that is there after a step. */
export const eventOfStep = ({ events, steps }: Recording, index: number): number =>
  events.findLastIndex(({ id }) => id <= (steps[index]?.eventId ?? -1))

/** The steps at which something is wrong; what is wrong in other turns is left out. */
export const faultySteps = ({ stepOf }: Recording, violations: readonly Violation[]): number[] => [
  ...new Set(violations.flatMap(({ event }) => stepOf.get(event.id) ?? [])),
]
