/** What the inspector reads from a log, against what the machines did when it was written. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { AnyActorRef, AnyMachineSnapshot, AnyStateNode, InspectionEvent } from 'xstate'
import type { Event } from '../src/machines/events.ts'
import { transitionId } from '../src/machines/inspection.ts'
import { processMachine } from '../src/machines/process.ts'
import type { LeftoverPolicy } from '../src/machines/process-events.ts'
import type { LoggedStep } from '../src/web/inspect/log/logged-step.ts'
import { stepsOfTurn } from '../src/web/inspect/log/steps-of-turn.ts'
import type { Property } from './runner/property.ts'
import { sessionCommands } from './session-commands.ts'
import { createSessionWorld, createSights } from './session-world.ts'

/** A transition of the session machine, and what is lit before and after it. */
type Taken = { event: string; before: string[]; after: string[]; taken: string[] }

const policy = fc.constantFrom<LeftoverPolicy>('kill', 'report', 'keep')
const policies = fc.record({ ended: policy, stopped: policy })
const commands = fc.commands(sessionCommands, { maxCommands: 40, size: '+1' })

export const stepsOfLog: Property = {
  name: 'steps-of-log',
  title:
    'a log tells which transitions of the session machine wrote it, and none of its process that there is not',
  runs: 500,
  open(tally) {
    const sights = {
      OUTPUT: 0,
      ANSWER: 0,
      EXPIRE: 0,
      DEAF: 0,
      CANCEL: 0,
      guesses: 0,
      conclusions: 0,
    }
    tally.sights = sights
    return {
      check: fc.property(commands, policies, (commands, leftovers) => {
        const watched = watchSession()
        const world = createSessionWorld(createSights(), leftovers, watched.watch)
        watched.follow(world.events)
        fc.modelRun(() => ({ model: tally, real: world }), commands)
        for (const turn of turnsOf(world.events)) {
          const steps = stepsOfTurn(turn)
          checkSession(turn, steps, watched.causeOf)
          checkProcess(steps)
          for (const { to, event, guess } of steps) {
            if (to !== 'session') continue
            if (event.type in sights) sights[event.type as keyof typeof sights]++
            if (event.type.startsWith('xstate.done')) sights.conclusions++
            if (guess !== null) sights.guesses++
          }
        }
      }),
    }
  },
}

/** Notes which transition each event of a log came from: it is emitted when the transition has been taken, and before the next. */
function watchSession() {
  const causes = new Map<Event, Taken>()
  let events: readonly Event[] = []
  let lit: string[] = ['session.idle']
  let newest: Taken | null = null
  const settle = (): void => {
    for (const event of events) if (newest !== null && !causes.has(event)) causes.set(event, newest)
  }
  return {
    follow(log: readonly Event[]): void {
      events = log
    },
    watch(inspected: InspectionEvent): void {
      const ref = inspected.actorRef as AnyActorRef
      if (ref.sessionId !== inspected.rootId) return
      if (inspected.type === '@xstate.actor') lit = ['session.idle']
      if (inspected.type !== '@xstate.microstep') return
      settle()
      const after = litOf(inspected.snapshot as AnyMachineSnapshot)
      const taken = inspected._transitions.map(transitionId)
      newest = { event: inspected.event.type, before: lit, after, taken }
      lit = after
    },
    causeOf(event: Event): Taken {
      settle()
      return causes.get(event)!
    },
  }
}

const litOf = ({ _nodes }: AnyMachineSnapshot): string[] =>
  _nodes.filter(({ parent }) => parent !== undefined).map(({ id }) => id)

const turnsOf = (events: readonly Event[]): Event[][] => [...Map.groupBy(events, ({ turn }) => turn).values()]

/** Every event is in one step, in order, and that step is what the machine did. A guess may be wrong in which event it was. */
function checkSession(turn: Event[], steps: LoggedStep[], causeOf: (event: Event) => Taken): void {
  const own = steps.filter(({ to }) => to === 'session')
  expect(steps.flatMap(({ events }) => events)).toEqual(turn)
  expect(own.map(({ eventId }) => eventId)).toEqual(own.map(({ events }) => events.at(-1)!.id))
  const each = own.flatMap(({ event, before, after, taken, events, guess }) =>
    events.map((logged) => {
      const { event: realEvent, taken: realTaken, ...real } = causeOf(logged)
      const { id } = logged
      if (guess !== null) return { read: { id, before, after }, real: { id, ...real } }
      return {
        read: { id, before, after, event: event.type, taken },
        real: { id, ...real, event: realEvent, taken: realTaken },
      }
    }),
  )
  expect(each.map(({ read }) => read)).toEqual(each.map(({ real }) => real))
}

const nodes = new Map<string, AnyStateNode>()
const collect = (node: AnyStateNode): void => {
  nodes.set(node.id, node)
  for (const child of Object.values(node.states)) collect(child)
}
collect(processMachine.root)

/** Each begins where the one before it ended, and takes a transition that is there: from a state that is lit, to one that then is. */
function checkProcess(steps: LoggedStep[]): void {
  let lit: string[] = []
  const faults = steps
    .filter(({ to }) => to === 'process')
    .flatMap((step) => {
      const from = lit
      lit = step.after
      return isDeepStrictEqual(step.before, from) && step.taken.every((id) => isThere(id, step)) ? [] : [step]
    })
  expect(faults).toEqual([])
}

function isThere(id: string, { event, before, after }: LoggedStep): boolean {
  const source = nodes.get(id.split('/')[0]!)
  const transition = [...(source?.transitions.values() ?? [])]
    .flat()
    .find((each) => transitionId(each) === id)
  if (transition?.eventType !== event.type) return false
  const targets = transition.target?.map((target) => target.id) ?? []
  const isFrom = source!.parent === undefined || before.includes(source!.id)
  return (
    isFrom &&
    (targets.length === 0 ? isDeepStrictEqual(before, after) : targets.every((each) => after.includes(each)))
  )
}
