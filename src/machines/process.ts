/**
 * The process machine: one agent's process, from its start to the last of its descendants.
 * It decides what happens and when. Its port (src/runtime) does it: no pid, no file and no clock is known here.
 */
import { assign, fromCallback, sendParent, sendTo, setup } from 'xstate'
import { clampDelay } from './delays.ts'
import type {
  Cause,
  PortCommand,
  ProcessDelays,
  ProcessEvent,
  ProcessInput,
  ProcessOutput,
} from './process-events.ts'

type ProcessContext = ProcessOutput & { turn: number; delays: ProcessDelays; caused: boolean; stop: boolean }

const machine = setup({
  types: {
    context: {} as ProcessContext,
    events: {} as ProcessEvent,
    input: {} as ProcessInput,
    output: {} as ProcessOutput,
  },
  // The runtime provides the real one; this one stays silent.
  actors: { port: fromCallback<PortCommand, { turn: number }>(() => {}) },
  delays: {
    turnTimeout: ({ context: { delays } }) =>
      clampDelay(delays.turnTimeoutMs && delays.turnTimeoutMs - (delays.elapsedMs ?? 0)),
    resultGrace: ({ context }) => clampDelay(context.delays.resultGraceMs),
    // A start that hangs is given as long as an agent that is asked to stop.
    abandonGrace: ({ context }) => clampDelay(context.delays.interruptGraceMs),
    interruptGrace: ({ context }) => clampDelay(context.delays.interruptGraceMs),
    terminateGrace: ({ context }) => clampDelay(context.delays.terminateGraceMs),
    killGrace: ({ context }) => clampDelay(context.delays.killGraceMs),
  },
  guards: {
    hasTimeout: ({ context }) => context.delays.turnTimeoutMs !== null,
    mustStop: ({ context }) => context.stop,
  },
  actions: {
    command: sendTo('port', (_, params: PortCommand) => params),
    stopPort: sendTo('port', ({ context }, { type }: { type: 'INTERRUPT' | 'TERMINATE' | 'KILL' }) => ({
      type,
      cause: context.cause,
    })),
    forward: sendParent(({ event }) => event),
    noticeHung: sendParent({
      type: 'OUTPUT',
      records: [
        {
          kind: 'notice',
          level: 'warn',
          code: 'agent_hung',
          text: 'The agent did not exit after its result and is being stopped.',
        },
      ],
      spool: undefined,
    }),
    cause: assign(({ context }, params: { cause: Cause }) =>
      context.caused ? {} : { cause: params.cause, caused: true },
    ),
    // By itself, before anything else ended it: only a result can have come before.
    exited: assign({ cause: 'exited', caused: true }),
    recordStartFailure: assign(({ event }) => (event.type === 'START_FAILED' ? { error: event.error } : {})),
    recordResult: assign(({ event }) => (event.type === 'FINISHED' ? { resultError: event.error } : {})),
    // The words of what came first stay, as its cause does.
    recordExit: assign(({ context, event }) => {
      if (event.type !== 'EXITED') return {}
      return { exitCode: event.exitCode, signal: event.signal, error: context.error || event.error }
    }),
    recordLoss: assign(({ context, event }) => {
      if (event.type !== 'LOST') return {}
      return context.caused ? {} : { error: event.error, cause: event.cause, caused: true }
    }),
    recordSurvivors: assign(({ event }) => (event.type === 'CLEARED' ? { survivors: event.survivors } : {})),
  },
})

const stopFor = (cause: Cause) =>
  ({
    target: '#process.stopping',
    actions: { type: 'cause', params: { cause } },
  }) as const

export const processMachine = machine.createMachine({
  id: 'process',
  context: ({ input }) => ({
    turn: input.turn,
    delays: input.delays,
    stop: input.stop != null,
    caused: input.stop != null,
    cause: input.stop ?? 'exited',
    exitCode: null,
    signal: null,
    error: '',
    resultError: input.resultError ?? null,
    survivors: 0,
  }),
  output: ({ context }) => ({
    cause: context.cause,
    exitCode: context.exitCode,
    signal: context.signal,
    error: context.error,
    resultError: context.resultError,
    survivors: context.survivors,
  }),
  invoke: { id: 'port', src: 'port', input: ({ context }) => ({ turn: context.turn }) },
  // What every state owes: output is never dropped, whatever is being done to the process.
  on: {
    OUTPUT: { actions: 'forward' },
    LOST: { target: '.stopping.terminating', actions: 'recordLoss' },
  },
  initial: 'starting',
  states: {
    starting: {
      always: { guard: 'mustStop', target: 'abandoning' },
      on: {
        STARTED: 'active',
        START_FAILED: {
          target: 'ended',
          actions: [{ type: 'cause', params: { cause: 'spawn_failed' } }, 'recordStartFailure'],
        },
        STOP: { target: 'abandoning', actions: { type: 'cause', params: { cause: 'cancelled' } } },
      },
    },
    // Told to stop between the command to start and the news that it did: both orders must end well.
    abandoning: {
      entry: { type: 'command', params: { type: 'ABANDON' } },
      // A start that hangs must not hold the session up.
      after: { abandonGrace: '#process.stopping.terminating' },
      on: {
        STARTED: 'stopping',
        START_FAILED: { target: 'ended', actions: 'recordStartFailure' },
        CLEARED: 'ended',
      },
    },
    active: {
      after: { turnTimeout: { guard: 'hasTimeout', ...stopFor('timed_out') } },
      on: {
        STOP: stopFor('cancelled'),
        EXITED: { target: 'ended', actions: ['recordExit', 'exited'] },
      },
      initial: 'running',
      states: {
        running: {
          on: {
            FINISHED: {
              target: 'finishing',
              actions: [{ type: 'cause', params: { cause: 'finished' } }, 'recordResult'],
            },
          },
        },
        // The agent has said its result and should go; it is known to hang here at times.
        finishing: {
          entry: { type: 'command', params: { type: 'END_INPUT' } },
          after: { resultGrace: { target: '#process.stopping.terminating', actions: 'noticeHung' } },
        },
      },
    },
    stopping: {
      on: {
        // An interrupted agent still says its result, and waits for more unless its stdin ends.
        FINISHED: { actions: { type: 'command', params: { type: 'END_INPUT' } } },
        EXITED: { actions: 'recordExit' },
        CLEARED: { target: 'ended', actions: 'recordSurvivors' },
      },
      initial: 'interrupting',
      states: {
        interrupting: {
          entry: { type: 'stopPort', params: { type: 'INTERRUPT' } },
          after: { interruptGrace: 'terminating' },
          // The agent is gone; what it left behind has no interrupt of its own.
          on: { EXITED: { target: 'terminating', actions: 'recordExit' } },
        },
        terminating: {
          entry: { type: 'stopPort', params: { type: 'TERMINATE' } },
          after: { terminateGrace: 'killing' },
          // Stopped already: the ladder is neither begun anew nor put off.
          on: { LOST: {} },
        },
        killing: {
          entry: { type: 'stopPort', params: { type: 'KILL' } },
          after: { killGrace: '#process.ended' },
          on: { LOST: {} },
        },
      },
    },
    ended: { type: 'final' },
  },
})
