/** What an exploration sends: a sample of every event, with a name. */
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate'

export type Sample = { name: string; event: EventObject & { [field: string]: unknown } }

/** A type of the vocabulary without a sample does not compile. */
type Samples<TEvent extends { type: string }> = {
  [TType in TEvent['type']]: [TEvent & { type: TType }, ...(TEvent & { type: TType })[]]
}

export const samplesOf = <TEvent extends { type: string }>(
  samples: Samples<TEvent>,
  nameIt: (event: TEvent) => string,
): Sample[] => (Object.values(samples) as TEvent[][]).flat().map((event) => ({ name: nameIt(event), event }))

/** The timers of a machine, each by the name of its delay, and by its state where two have the same. */
export const timersOf = (machine: AnyStateMachine): Sample[] => {
  const types = machine.events.filter((type) => type.startsWith('xstate.after.'))
  const delayOf = (type: string) => type.split('.')[2]!
  return types.map((type) => {
    const isOnlyOne = types.filter((other) => delayOf(other) === delayOf(type)).length === 1
    const state = isOnlyOne ? '' : ` (${type.split('.').at(-1)})`
    return { name: `after ${delayOf(type)}${state}`, event: { type } }
  })
}

export const withContext = (snapshot: AnyMachineSnapshot, fields: object): AnyMachineSnapshot => ({
  ...snapshot,
  context: { ...snapshot.context, ...fields },
})

export const ASKED = {
  ...{ approvalId: 'a', toolUseId: 'u', toolName: 'Bash', input: {}, description: '', suggestions: [] },
}

export const NOTHING_KNOWN = { exitCode: null, signal: null, error: '', resultError: null, survivors: 0 }
