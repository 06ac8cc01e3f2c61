/** One past turn, ready to be played: its events, its steps, and when each is due. Pure. */
import type { Event, Violation } from '../../../client/index.ts'
import type { LoggedStep } from '../log/logged-step.ts'
import { stepsOfTurn } from '../log/steps-of-turn.ts'
import { createTimeline, type Timeline } from './timeline.ts'

export type Recording = {
  events: readonly Event[]
  steps: readonly LoggedStep[]
  timeline: Timeline
  /** Whether the turn goes on beyond what is here. */
  isCut: boolean
}

/** @param events of one turn; what leaves the queue for it may stand in front */
export function createRecording(events: readonly Event[], isCut: boolean): Recording {
  const steps = stepsOfTurn(events)
  return { events, steps, timeline: createTimeline(steps.map(({ at }) => at)), isCut }
}

/** The step that an event came from, or that was the last when it came; -1: it came before all of them. */
export function stepOfEvent({ steps }: Recording, id: number): number {
  const own = steps.findIndex(({ events }) => events.some((event) => event.id === id))
  return own >= 0 ? own : steps.findLastIndex((step) => step.eventId < id)
}

/** The index among the events of what a step has put there last, or of what was there by then. */
export const eventOfStep = ({ events, steps }: Recording, index: number): number =>
  events.findLastIndex(({ id }) => id <= (steps[index]?.eventId ?? -1))

/** By the step at which they are to be seen; those of other turns are left out. */
export function violationsBySteps(
  recording: Recording,
  violations: readonly Violation[],
): Map<number, Violation[]> {
  const ids = new Set(recording.events.map(({ id }) => id))
  const own = violations.filter(({ event }) => ids.has(event.id))
  return Map.groupBy(own, ({ event }) => stepOfEvent(recording, event.id))
}
