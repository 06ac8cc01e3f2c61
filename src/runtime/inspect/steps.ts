/**
 * Puts together what xstate tells of an actor system as it goes: each event that an actor was given, with all that came
 * of it, in the order in which they were sent. It only ever listens; nothing of the machines is changed by it.
 */
import { isDeepStrictEqual } from 'node:util'
import type { ActorRefLike, AnyActorRef, InspectionEvent } from 'xstate'
import { type ActorId, type Sender, type Step, transitionId } from '../../machines/inspection.ts'
import { actorId, contextOf, findActors, litStates, timersOf } from './actor-tree.ts'
import { describe } from './describe.ts'

export type StepsOptions = {
  /** A session's actor, which runs. */
  root: AnyActorRef
  bodies: boolean
  now: () => Date
  /** The newest event of the session's log, and the turn it is in. */
  newest: () => { eventId: number; turn: number }
  /** Takes the steps of one go, when all that they led to has happened. */
  take: (steps: Omit<Step, 'seq'>[]) => void
  /** It has failed, and listens no more. */
  onFault: (error: unknown) => void
}

/** An actor that is watched: what is known of it, and what it has been sent and has not come to. */
type Watched = {
  id: ActorId
  ref: AnyActorRef
  snapshot: unknown
  inbox: Open[]
  taken: string[]
  actions: string[]
}

/** An event under way. */
type Open = { event: object; step: Omit<Step, 'seq'> }

/** Begins at once. @returns how to end it */
export function followSteps(options: StepsOptions): () => void {
  const { root, bodies } = options
  const watched = new Map<ActorRefLike, Watched>()
  let opened: Open[] = []
  let stopped = false

  const watch = (ref: ActorRefLike): Watched | undefined => {
    const id = actorId(ref, root)
    const known = watched.get(ref)
    if (id === null || known !== undefined) return known
    // One of each: what was invoked in an earlier turn is gone.
    for (const [other, { id: otherId }] of watched) if (otherId === id) watched.delete(other)
    const fresh = { id, ref: ref as AnyActorRef, snapshot: null, inbox: [], taken: [], actions: [] }
    watched.set(ref, fresh)
    return fresh
  }

  const flush = (): void => {
    if (stopped) return
    const steps = opened.map(({ step }) => step)
    opened = []
    options.take(steps)
  }

  const open = (target: Watched, source: ActorRefLike | undefined, event: { type: string }): void => {
    const lit = litStates(target.snapshot)
    const step: Omit<Step, 'seq'> = {
      ...{ at: options.now().toISOString(), ...options.newest() },
      ...{ from: senderOf(source, target), to: target.id, event: describe(event, bodies) as Step['event'] },
      ...{ before: lit, after: lit, taken: [], actions: [], changes: [], timers: [] },
      // Until the actor has come to it: it may be in the middle of another.
      lost: true,
    }
    const entry = { event, step }
    target.inbox.push(entry)
    // An actor takes what it is sent in the very go that sends it: after that, nothing more comes of it.
    if (opened.push(entry) === 1) queueMicrotask(fenced(flush))
  }

  const senderOf = (source: ActorRefLike | undefined, target: Watched): Sender => {
    if (source === undefined) return 'outside'
    return source === target.ref ? 'clock' : (actorId(source, root) ?? 'outside')
  }

  const complete = (actor: Watched, event: object, snapshot: unknown): void => {
    const { snapshot: old, taken, actions } = actor
    Object.assign(actor, { snapshot, taken: [], actions: [] })
    const index = actor.inbox.findIndex((entry) => entry.event === event)
    // xstate's own word to an actor that it is to stop comes past its inbox.
    if (index < 0) return
    const [entry] = actor.inbox.splice(0, index + 1).slice(-1)
    const { step } = entry!
    Object.assign(step, {
      ...{ before: litStates(old), after: litStates(snapshot), taken, actions, ...options.newest() },
      ...{ changes: changesOf(contextOf(old), contextOf(snapshot), bodies), timers: timersOf(actor.ref) },
    })
    delete step.lost
  }

  const listen = (told: InspectionEvent): void => {
    const actor = watch(told.actorRef)
    if (actor === undefined) return
    if (told.type === '@xstate.event') open(actor, told.sourceRef, told.event)
    if (told.type === '@xstate.microstep') actor.taken.push(...told._transitions.map(transitionId))
    if (told.type === '@xstate.action') actor.actions.push(told.action.type.replace(/^xstate\./, ''))
    if (told.type === '@xstate.snapshot') complete(actor, told.event, told.snapshot)
  }

  /** xstate would put the actor into `error` for a listener that throws, and its agent would be nobody's. */
  const fenced =
    <Args extends unknown[]>(run: (...args: Args) => void) =>
    (...args: Args): void => {
      try {
        run(...args)
      } catch (error) {
        stop()
        options.onFault(error)
      }
    }

  const { unsubscribe } = root.system.inspect(fenced(listen))
  const stop = (): void => {
    stopped = true
    unsubscribe()
  }
  for (const ref of findActors(root)) {
    const actor = watch(ref)
    if (actor !== undefined) actor.snapshot = ref.getSnapshot()
  }
  return stop
}

/** Contexts are never changed in place: only what is not the same value is looked at. */
const changesOf = (
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  bodies: boolean,
): Step['changes'] =>
  Object.keys({ ...before, ...after })
    .filter((field) => before[field] !== after[field] && !isDeepStrictEqual(before[field], after[field]))
    .map((field) => ({
      field,
      before: describe(before[field], bodies, field),
      after: describe(after[field], bodies, field),
    }))
