/**
 * The actors of a server's sessions. Their machines are provided once, for all: to provide them anew for each session
 * takes some 50 KiB of it. So a port does not come with its session, but finds it by the actor system that it runs in,
 * of which each session has its own; neither is kept by that.
 */
import { type AnyActorRef, createActor } from 'xstate'
import { processMachine } from '../machines/process.ts'
import { sessionMachine } from '../machines/session.ts'
import type { SessionInput } from '../machines/session-events.ts'
import type { PortSession, ProcessPort, SessionOf } from './process/port.ts'

export type SessionActors = ReturnType<typeof createSessionActors>

/** @param createPort makes what the process machine runs turns with */
export function createSessionActors(createPort: (sessionOf: SessionOf) => ProcessPort) {
  const sessions = new WeakMap<AnyActorRef['system'], PortSession>()
  const port = createPort((system) => sessions.get(system)!)
  const machine = sessionMachine.provide({
    actors: { process: processMachine.provide({ actors: { port } }) },
  })
  return {
    /** @param input just that: it is in the actor's context, which is shown to whoever inspects it */
    create(input: SessionInput, session: PortSession) {
      const actor = createActor(machine, { input })
      sessions.set(actor.system, session)
      return actor
    },
  }
}
