/** Who is who in a session's actor system, what is lit of each, and what runs down: as an inspector names it. */
import type { ActorRefLike, AnyActorRef, AnyMachineSnapshot } from 'xstate'
import { isNever } from '../../machines/delays.ts'
import type { ActorId, InspectedActor, InspectedTimer } from '../../machines/inspection.ts'
import { describe } from './describe.ts'

/** Null for what is no actor of ours. */
export function actorId(ref: ActorRefLike, root: AnyActorRef): ActorId | null {
  if (ref === root) return 'session'
  const { id } = ref as AnyActorRef
  return id === 'process' || id === 'port' ? id : null
}

/** A machine's lit state nodes, outermost first and without its root; none of what is no machine. */
export const litStates = (snapshot: unknown): string[] =>
  isOfMachine(snapshot)
    ? snapshot._nodes.filter(({ parent }) => parent !== undefined).map(({ id }) => id)
    : []

export const contextOf = (snapshot: unknown): Record<string, unknown> =>
  isOfMachine(snapshot) ? snapshot.context : {}

const isOfMachine = (snapshot: unknown): snapshot is AnyMachineSnapshot =>
  typeof snapshot === 'object' && snapshot !== null && '_nodes' in snapshot

export const timersOf = (ref: AnyActorRef): InspectedTimer[] =>
  Object.values(ref.system.getSnapshot()._scheduledEvents as Record<string, Scheduled>)
    .filter(({ source, delay }) => source === ref && !isNever(delay))
    .map(({ event, startedAt, delay }) => ({
      ...{ event: event.type, startedAt: new Date(startedAt).toISOString(), delayMs: delay },
    }))

type Scheduled = { source: AnyActorRef; event: { type: string }; startedAt: number; delay: number }

/** The root first, then what it has invoked. */
export function findActors(root: AnyActorRef): AnyActorRef[] {
  const actors = [root]
  for (const { children = {} } of actors.map((actor) => actor.getSnapshot()))
    for (const child of Object.values(children)) actors.push(child as AnyActorRef)
  return actors
}

/** All actors of a session, as they are now. */
export const describeActors = (root: AnyActorRef, bodies: boolean): InspectedActor[] =>
  findActors(root).flatMap((ref) => {
    const id = actorId(ref, root)
    const snapshot = ref.getSnapshot()
    if (id === null) return []
    return {
      ...{ id, status: snapshot.status, states: litStates(snapshot), timers: timersOf(ref) },
      context: describe(contextOf(snapshot), bodies) as Record<string, unknown>,
    }
  })
