/**
 * An inspection as the events of `@statelyai/inspect`, version 0.7: who there is, what each was sent, and what it is then.
 * Made of what is kept of the inspection, and so without what is left out there.
 */

import type { ActorId, InspectedActor, Inspection, Step } from '../../../machines/inspection.ts'
import { processMachine } from '../../../machines/process.ts'
import { sessionMachine } from '../../../machines/session.ts'

/** Which protocol it is, as its own inspectors say it. */
const VERSION = '0.7.2'
const PARENTS: Record<ActorId, ActorId | undefined> = {
  session: undefined,
  process: 'session',
  port: 'process',
}

const definitionOf = (id: ActorId): string => {
  if (id === 'port') return JSON.stringify({ id })
  return JSON.stringify((id === 'session' ? sessionMachine : processMachine).config)
}

export type StatelyEvent = { type: string; sessionId: string; rootId: string; [field: string]: unknown }

/** @param name the session's id, in front of each actor's: many may be shown at once */
export function createStatelyEvents(name: string) {
  const contexts = new Map<ActorId, Record<string, unknown>>()
  const nameOf = (id: ActorId): string => `${name}.${id}`

  const eventOf = (type: string, to: ActorId, at: string): StatelyEvent => ({
    ...{ type, sessionId: nameOf(to), rootId: nameOf('session'), id: null },
    ...{ createdAt: String(Date.parse(at)), _version: VERSION },
  })
  const snapshotOf = (id: ActorId, status: string, states: readonly string[]) => ({
    ...{ status, context: contexts.get(id) ?? {} },
    ...(states.length > 0 && { value: stateValue(states) }),
  })

  const actor = (
    { id, status, states, context }: Omit<InspectedActor, 'timers'>,
    at: string,
  ): StatelyEvent => {
    contexts.set(id, context)
    const parent = PARENTS[id]
    return {
      ...eventOf('@xstate.actor', id, at),
      ...{ name: nameOf(id), definition: definitionOf(id), snapshot: snapshotOf(id, status, states) },
      parentId: parent && nameOf(parent),
    }
  }

  return {
    begin: ({ actors }: Pick<Inspection, 'actors'>, at: string): StatelyEvent[] =>
      actors.map((given) => actor(given, at)),
    step({ from, to, at, event, after, changes }: Step): StatelyEvent[] {
      const isNew = event.type === 'xstate.init'
      const made = isNew ? [actor({ id: to, status: 'active', states: after, context: {} }, at)] : []
      const changed = Object.fromEntries(changes.map((change) => [change.field, change.after]))
      contexts.set(to, { ...contexts.get(to), ...changed })
      const status = after.some((id) => id === 'process.ended') ? 'done' : 'active'
      const isActor = from !== 'outside' && from !== 'clock'
      const sourceId = isActor ? nameOf(from) : from === 'clock' ? nameOf(to) : undefined
      return [
        ...made,
        { ...eventOf('@xstate.event', to, at), event, sourceId },
        { ...eventOf('@xstate.snapshot', to, at), event, snapshot: snapshotOf(to, status, after) },
      ]
    },
  }
}

type StateValue = string | { [state: string]: StateValue }

/** `['session.turn', 'session.turn.running']` is `{ turn: 'running' }`: there are no parallel states. */
function stateValue(states: readonly string[]): StateValue {
  const keys = states.map((id) => id.split('.').at(-1)!)
  return keys.reduceRight<StateValue | null>((inner, key) => (inner === null ? key : { [key]: inner }), null)!
}
