/** What the page takes for possible, against how the real machines resolve events in all that they can be in. */
import { describe, expect, test } from 'vitest'
import type { AnyMachineSnapshot, AnyStateMachine, AnyTransitionDefinition } from 'xstate'
import { transitionId } from '../../../src/machines/inspection.ts'
import { processMachine } from '../../../src/machines/process.ts'
import { sessionMachine } from '../../../src/machines/session.ts'
import { MACHINES, type MachineName, type Transition } from '../../../src/web/inspect/machines.ts'
import { possibleTransitions } from '../../../src/web/inspect/possible.ts'
import { processSamples, processTable } from '../../machines/generate/process-table.ts'
import type { Sample } from '../../machines/generate/samples.ts'
import { sessionSamples, sessionTable } from '../../machines/generate/session-table.ts'

/** A machine of which no guard lets anything through, but for one. */
const guarded = (machine: AnyStateMachine, open: string | null): AnyStateMachine => {
  const names = Object.keys(machine.implementations.guards)
  return machine.provide({ guards: Object.fromEntries(names.map((name) => [name, () => name === open])) })
}

const litOf = ({ _nodes }: AnyMachineSnapshot): string[] =>
  _nodes.toSorted((a, b) => a.order - b.order).map(({ id }) => id)

type Explored = {
  name: MachineName
  machine: AnyStateMachine
  found: AnyMachineSnapshot[]
  samples: Sample[]
}

describe.each<Explored>([
  { name: 'session', machine: sessionMachine, found: sessionTable.found, samples: sessionSamples },
  { name: 'process', machine: processMachine, found: processTable.found, samples: processSamples },
])('of the $name machine, in every state that it can be in', ({ name, machine, found, samples }) => {
  test('those transitions are possible that it takes for some event, its context being what it is', () => {
    for (const snapshot of found.filter(({ status }) => status === 'active')) {
      // The samples speak of turns of their own.
      const unrecorded = { type: 'UNRECORDED', turn: snapshot.context.turn }
      const events = [...samples.map(({ event }) => event), unrecorded]
      const taken: AnyTransitionDefinition[] = events.flatMap((event) =>
        machine.getTransitionData({ ...snapshot, machine } as AnyMachineSnapshot, event),
      )
      const real = taken.filter(({ target, actions }) => target !== undefined || actions.length > 0)
      // All clocks run whose guards do not stop them.
      const timers = real.map(({ eventType }) => ({ event: eventType, startedAt: '', delayMs: 1 }))
      const known = { context: snapshot.context, timers }
      const possible = possibleTransitions(MACHINES[name].transitions, litOf(snapshot), known)
      expect(possible.map(({ id }) => id).sort()).toEqual([...new Set(real.map(transitionId))].sort())
    }
  })

  test('those transitions are possible that it takes when guards let it', () => {
    const variants = [null, ...Object.keys(machine.implementations.guards)].map((open) =>
      guarded(machine, open),
    )
    const running = found.filter(({ status }) => status === 'active')
    for (const snapshot of new Map(running.map((one) => [JSON.stringify(one.value), one])).values()) {
      const taken: AnyTransitionDefinition[] = variants.flatMap((variant) =>
        variant.events.flatMap((type) =>
          variant.getTransitionData({ ...snapshot, machine: variant } as AnyMachineSnapshot, { type }),
        ),
      )
      // What neither leads anywhere nor does anything is only there to hide what is behind it.
      const real = taken.filter(({ target, actions }) => target !== undefined || actions.length > 0)
      const possible = possibleTransitions(MACHINES[name].transitions, litOf(snapshot), null).map(
        ({ id }) => id,
      )
      expect(possible.sort()).toEqual([...new Set(real.map(transitionId))].sort())
    }
  })
})

const transition = (source: string, event: string, more: Partial<Transition> = {}): Transition => ({
  ...{ id: `${source}/${event}/${more.guard ?? ''}`, source, event, label: event, target: 'elsewhere' },
  ...more,
})

test('What an inner state takes for certain is not possible in the outer one', () => {
  const transitions = [transition('outer', 'GO'), transition('inner', 'GO')]
  expect(possibleTransitions(transitions, ['outer', 'inner'], null)).toEqual([transitions[1]])
})

test('What an inner state takes under a condition is possible in the outer one too', () => {
  const transitions = [transition('outer', 'GO'), transition('inner', 'GO', { guard: 'isReady' })]
  expect(possibleTransitions(transitions, ['outer', 'inner'], null)).toEqual([transitions[1], transitions[0]])
})

test('In no state nothing is possible', () => {
  expect(possibleTransitions([transition('outer', 'GO')], [], null)).toEqual([])
})

test('What a clock sends is possible while that clock runs', () => {
  const transitions = [
    transition('s', 'xstate.after.stallKill.s'),
    transition('s', 'EXPIRE'),
    transition('s', 'GO'),
  ]
  const possible = (...running: string[]): string[] => {
    const timers = running.map((event) => ({ event, startedAt: '', delayMs: 1 }))
    return possibleTransitions(transitions, ['s'], { context: {}, timers }).map(({ event }) => event)
  }
  expect(possible()).toEqual(['GO'])
  expect(possible('EXPIRE')).toEqual(['EXPIRE', 'GO'])
  expect(possible('xstate.after.stallKill.s')).toEqual(['xstate.after.stallKill.s', 'GO'])
})
