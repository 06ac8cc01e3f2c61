/**
 * What an inspector is told of a session's machines, as it goes over the wire. Of what people and agents say it has the
 * length alone, unless it was asked for.
 */
import type { AnyTransitionDefinition } from 'xstate'

/** The actors of a session: its root, what that invokes, and what that is run with. */
export type ActorId = 'session' | 'process' | 'port'

/** `outside`: whoever calls the session; `clock`: a timer of the actor's own. */
export type Sender = ActorId | 'outside' | 'clock'

/** One event that an actor was given, and what came of it. */
export type Step = {
  /** 0, 1, 2 … since the session's inspection was switched on. */
  seq: number
  /** ISO 8601, UTC. */
  at: string
  turn: number
  from: Sender
  to: ActorId
  event: { type: string; [field: string]: unknown }
  /** The ids of the state nodes that are lit, outermost first: `session.turn`, `session.turn.running`. None for the port. */
  before: string[]
  after: string[]
  /** The transitions that were taken, in order, as `transitionId` names them. Empty: the event changed no state. */
  taken: string[]
  /** The names of the actions that were executed, in order. */
  actions: string[]
  /** The fields of its context that are not what they were. */
  changes: { field: string; before: unknown; after: unknown }[]
  /** What runs down in this actor from now on. */
  timers: InspectedTimer[]
  /** The newest event of the session's log, then. -1: none. */
  eventId: number
  /** Nothing came of it: the actor was not there any more, or failed with it. */
  lost?: true
}

export type InspectedTimer = {
  /** The event that it will be: `xstate.after.turnTimeout.process.active.working`, `EXPIRE`. */
  event: string
  /** ISO 8601, UTC. */
  startedAt: string
  delayMs: number
}

export type InspectedActor = {
  id: ActorId
  status: 'active' | 'done' | 'error' | 'stopped'
  /** As `Step.after`. */
  states: string[]
  context: Record<string, unknown>
  timers: InspectedTimer[]
}

/** How a session's inspection stands, and its actors as they are when it is told. */
export type Inspection = {
  on: boolean
  /** Whether what people and agents say is in it. */
  bodies: boolean
  /** The numbers of the steps that are kept: from `firstSeq` to before `nextSeq`. */
  firstSeq: number
  nextSeq: number
  /** None while it is off: nobody would hear what becomes of them. */
  actors: InspectedActor[]
  /** ISO 8601, UTC. Whoever watched under another server does so no more. */
  serverStartedAt: string
}

/** A process of the turn that runs, as the kernel has it. */
export type InspectedProcess = {
  pid: number
  parent: number
  role: 'server' | 'shim' | 'feeder' | 'agent' | 'child'
  /** With its arguments when what people and agents say is shown; else the name of its program alone. */
  command: string
  rssBytes: number
  /** User and system, since it began. */
  cpuMs: number
}

export type ProcessLook = { at: string; processes: InspectedProcess[] }

export type InspectItem =
  | { type: 'inspection'; inspection: Inspection }
  | { type: 'step'; step: Step }
  | ({ type: 'processes' } & ProcessLook)
  | { type: 'caught-up' }

/**
 * Names a transition for as long as its machine stays as it is: its source, its event, and which of those that the
 * source has for that event. Of an `always` the event is empty.
 */
export function transitionId(transition: AnyTransitionDefinition): string {
  const { source, eventType } = transition
  const alike = eventType === '' ? (source.always ?? []) : (source.transitions.get(eventType) ?? [])
  return `${source.id}/${eventType}/${alike.indexOf(transition)}`
}
