/** What the page takes for possible, against how the real machines resolve events in all that they can be in. */
import { describe, expect, test } from 'vitest'
import type { AnyMachineSnapshot, AnyStateMachine, AnyTransitionDefinition } from 'xstate'
import { transitionId } from '../../../src/machines/inspection.ts'
import { processMachine } from '../../../src/machines/process.ts'
import { sessionMachine } from '../../../src/machines/session.ts'
import { MACHINES, type MachineName, type Transition } from '../../../src/web/inspect/machines.ts'
import { possibleTransitions } from '../../../src/web/inspect/possible.ts'
import { processTable } from '../../machines/generate/process-table.ts'
import { sessionTable } from '../../machines/generate/session-table.ts'

/** A machine of which no guard lets anything through, but for one. */
const guarded = (machine: AnyStateMachine, open: string | null): AnyStateMachine => {
  const names = Object.keys(machine.implementations.guards)
  return machine.provide({ guards: Object.fromEntries(names.map((name) => [name, () => name === open])) })
}

describe.each<{ name: MachineName; machine: AnyStateMachine; found: AnyMachineSnapshot[] }>([
  { name: 'session', machine: sessionMachine, found: sessionTable.found },
  { name: 'process', machine: processMachine, found: processTable.found },
])('of the $name machine, in every state that it can be in', ({ name, machine, found }) => {
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
      const lit = snapshot._nodes.toSorted((a, b) => a.order - b.order).map(({ id }) => id)
      const possible = possibleTransitions(MACHINES[name].transitions, lit).map(({ id }) => id)
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
  expect(possibleTransitions(transitions, ['outer', 'inner'])).toEqual([transitions[1]])
})

test('What an inner state takes under a condition is possible in the outer one too', () => {
  const transitions = [transition('outer', 'GO'), transition('inner', 'GO', { guard: 'isReady' })]
  expect(possibleTransitions(transitions, ['outer', 'inner'])).toEqual([transitions[1], transitions[0]])
})

test('In no state nothing is possible', () => {
  expect(possibleTransitions([transition('outer', 'GO')], [])).toEqual([])
})
