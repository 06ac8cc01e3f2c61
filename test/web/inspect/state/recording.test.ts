import { expect, test } from 'vitest'
import type { Violation } from '../../../../src/client/index.ts'
import { createRecording, eventOfStep, faultySteps } from '../../../../src/web/inspect/state/recording.ts'
import { end, logOf, START, text, USER } from '../log/turn.ts'

const EVENTS = logOf(
  [
    ...[{ kind: 'dequeued', promptId: 'p', reason: 'started' } as const, USER, START, text('one')],
    ...[{ kind: 'queued', promptId: 'q', text: 'next', position: 1 } as const, text('two'), end('completed')],
  ],
  { first: 40 },
)
const recording = createRecording(EVENTS, false)
const nameOf = (step: number): string => recording.steps[step]!.event.type

test('every event has its step, and what is no machine’s the one before it', () => {
  const names = EVENTS.map(({ id }) => nameOf(recording.stepOf.get(id)!))
  expect(names).toEqual([
    ...['PROMPT', 'PROMPT', 'PROMPT', 'OUTPUT', 'OUTPUT', 'OUTPUT', 'xstate.done.actor.process'],
  ])
  expect(recording.stepOf.get(43)).toBe(recording.stepOf.get(44))
  expect(recording.stepOf.get(45)).not.toBe(recording.stepOf.get(44))
})

test('after a step the log has come to what that step wrote', () => {
  expect(eventOfStep(recording, 0)).toBe(2)
  expect(eventOfStep(recording, recording.steps.length - 1)).toBe(6)
})

test('what is wrong is marked once at its step, and not at all when it is in another turn', () => {
  const at = (id: number): Violation => ({ position: id, event: { id, kind: 'text' }, what: 'it is wrong' })
  expect(faultySteps(recording, [at(45), at(45), at(7)])).toEqual([recording.stepOf.get(45)])
})
