/** The real session and process machines over a scripted port, on simulated time, with a log in an array. */
import { type ActorOptions, createActor, SimulatedClock } from 'xstate'
import type { Answer, Event, SessionState } from '../../src/machines/events.ts'
import { processMachine } from '../../src/machines/process.ts'
import type { LeftoverPolicies, ProcessDelays } from '../../src/machines/process-events.ts'
import { sessionMachine, stateName } from '../../src/machines/session.ts'
import type { SessionMachineEvent } from '../../src/machines/session-events.ts'
import { APPROVAL_TIMEOUT_MS, DELAYS, LEFTOVERS } from './port-events.ts'
import { createScriptedPort, type ScriptedPort } from './scripted-port.ts'

export type SimulatedSession = ReturnType<typeof startSession>

type Adoption = SessionMachineEvent & { type: 'ADOPT' }

type Options = {
  /** The newest turn of the log. */
  turn?: number
  port?: ScriptedPort
  clock?: SimulatedClock
  leftovers?: LeftoverPolicies
  approvalTimeoutMs?: number | null
  /** Goes on with this log. */
  events?: Event[]
  inspect?: ActorOptions<typeof sessionMachine>['inspect']
}

export function startSession(options: Options = {}) {
  const {
    turn = 0,
    port = createScriptedPort(),
    clock = new SimulatedClock(),
    leftovers = LEFTOVERS,
    approvalTimeoutMs = APPROVAL_TIMEOUT_MS,
    events = [],
    inspect,
  } = options
  const spools: unknown[] = []
  const process = processMachine.provide({ actors: { port: port.logic } })
  const actor = createActor(sessionMachine.provide({ actors: { process } }), {
    input: { turn, leftovers, approvalTimeoutMs },
    clock,
    ...(inspect && { inspect }),
  })
  actor.on('append', ({ records, spool }) => {
    for (const record of records)
      events.push({ ...record, id: events.length, at: new Date(clock.now()).toISOString() })
    if (spool !== undefined) spools.push(spool)
  })
  actor.start()

  return {
    actor,
    port,
    clock,
    events,
    spools,
    get kinds(): string[] {
      return events.map(({ kind }) => kind)
    },
    get state(): SessionState {
      return stateName(actor.getSnapshot().value)
    },
    prompt: (delays: Partial<ProcessDelays> = {}): void =>
      actor.send({
        type: 'PROMPT',
        text: 'Look at the disk.',
        agent: 'claude',
        model: null,
        delays: { ...DELAYS, ...delays },
      }),
    cancel: (by = 'phone'): void => actor.send({ type: 'CANCEL', by }),
    answer: (approvalId: string, answer: Partial<Answer> = {}, by = 'phone'): void =>
      actor.send({ ...{ type: 'ANSWER', approvalId, decision: 'allow', by, message: '' }, ...answer }),
    adopt: (adopted: Pick<Adoption, 'turn' | 'cancelling'> & Partial<Adoption>): void =>
      actor.send({ type: 'ADOPT', ...adopted, delays: DELAYS }),
  }
}
