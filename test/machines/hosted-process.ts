/** The process machine under a parent that only listens, on simulated time. */
import { createActor, SimulatedClock, setup } from 'xstate'
import { processMachine } from '../../src/machines/process.ts'
import type {
  Cause,
  LeftoverPolicies,
  ProcessDelays,
  ProcessEvent,
  ProcessInput,
  ProcessOutput,
} from '../../src/machines/process-events.ts'
import { DELAYS, LEFTOVERS } from './port-events.ts'
import { createScriptedPort } from './scripted-port.ts'

type Options = {
  stop?: Cause
  asking?: boolean
  delays?: Partial<ProcessDelays>
  leftovers?: Partial<LeftoverPolicies>
}

export function startProcess(options: Options = {}) {
  const port = createScriptedPort()
  const clock = new SimulatedClock()
  const heard: ProcessEvent[] = []
  let output: ProcessOutput | null = null
  let deaf = false
  const host = setup({
    types: { context: {} as ProcessInput, input: {} as ProcessInput, events: {} as ProcessEvent },
    actors: { process: processMachine.provide({ actors: { port: port.logic } }) },
  }).createMachine({
    context: ({ input }) => input,
    initial: 'up',
    states: {
      up: {
        invoke: {
          id: 'process',
          src: 'process',
          input: ({ context }) => context,
          onDone: {
            target: 'down',
            actions: ({ event }) => {
              output = event.output
            },
          },
        },
        on: {
          DEAF: { actions: () => (deaf = true) },
          '*': { actions: ({ event }) => heard.push(event) },
        },
      },
      down: {},
    },
  })
  const delays = { ...DELAYS, ...options.delays }
  const leftovers = { ...LEFTOVERS, ...options.leftovers }
  const actor = createActor(host, {
    input: { turn: 1, delays, leftovers, stop: options.stop ?? null, asking: options.asking ?? false },
    clock,
  }).start()
  const process = actor.getSnapshot().children.process!

  return {
    port,
    clock,
    /** What the parent was sent. */
    heard,
    /** Whether the parent was told that the agent can be told nothing any more. */
    get deaf(): boolean {
      return deaf
    },
    /** The innermost state. */
    get state(): string {
      return leafOf(process.getSnapshot().value)
    },
    get cause(): Cause | null {
      return process.getSnapshot().context.cause
    },
    /** Null while it runs. */
    get output(): ProcessOutput | null {
      return output
    },
    /** As the session's sendTo: one that has ended is told nothing. */
    tell: (event: ProcessEvent): void => actor.getSnapshot().children.process?.send(event),
    stop: (): void => actor.getSnapshot().children.process?.send({ type: 'STOP' }),
  }
}

function leafOf(value: unknown): string {
  return typeof value === 'string' ? value : leafOf(Object.values(value as object)[0])
}
