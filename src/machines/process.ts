/**
 * The process machine: one agent's process, from its start to the last of its descendants.
 * It decides what happens and when. Its port (src/runtime) does it: no pid, no file and no clock is known here.
 */
import { assign, fromCallback, sendParent, sendTo, setup } from 'xstate'
import type { OutputRecord } from './events.ts'

/** Why a process ended. The first cause wins. `finished`: it said its result, but had to be stopped after it. */
export type Cause =
  | 'exited'
  | 'finished'
  | 'cancelled'
  | 'timed_out'
  | 'spawn_failed'
  | 'lost'
  | 'interrupted'

/** Delays in milliseconds. `turnTimeoutMs: null` is no timeout. */
export type ProcessDelays = {
  /** From the start to the kill ladder. */
  turnTimeoutMs: number | null
  /** How much of that has passed already: an adopted turn has what is left. */
  elapsedMs?: number
  /** From the agent's own result to the kill ladder, when it does not exit. */
  resultGraceMs: number
  /** From the agent's own interrupt to SIGTERM. */
  interruptGraceMs: number
  /** From SIGTERM to SIGKILL. */
  terminateGraceMs: number
  /** From SIGKILL to giving up on what survives it. */
  killGraceMs: number
}

/** How the agent left. `error` is the end of its stderr, or why it never ran. */
export type Exit = { exitCode: number | null; signal: string | null; error: string }

/** What is to be known of a process that ended. `survivors` counts processes that SIGKILL did not end. */
export type ProcessOutput = Exit & {
  cause: Cause
  /** What the agent's own result complained of; null when there was no result, or a good one. */
  resultError: string | null
  survivors: number
}

/** `stop` is set when the turn was already being stopped: an adopted turn goes on with its kill ladder. */
export type ProcessInput = { turn: number; delays: ProcessDelays; stop: boolean }

/** What a port says. `spool` is opaque here: how far the agent's output was read, stored with the records. */
export type PortEvent =
  | { type: 'STARTED' }
  | { type: 'START_FAILED'; error: string }
  | { type: 'OUTPUT'; records: OutputRecord[]; spool: unknown }
  /** The agent said its result. `error` is its complaint, null when all went well. */
  | { type: 'FINISHED'; error: string | null }
  | ({ type: 'EXITED' } & Exit)
  | { type: 'LOST'; cause: 'lost' | 'interrupted'; error: string }
  | { type: 'CLEARED'; survivors: number }

/** What a port is told. */
export type PortCommand =
  /** If nothing was started yet, start nothing: CLEARED is the answer. Otherwise STARTED comes in any case. */
  | { type: 'ABANDON' }
  /** Nothing more will be said to the agent: end its stdin. */
  | { type: 'END_INPUT' }
  /** Ask the agent to stop in its own way. */
  | { type: 'INTERRUPT' }
  /** SIGTERM to everything of the turn. CLEARED follows once nothing of it is left. */
  | { type: 'TERMINATE' }
  /** SIGKILL to everything of the turn until nothing is left. CLEARED follows in any case. */
  | { type: 'KILL' }

export type ProcessEvent = PortEvent | { type: 'STOP' }

type ProcessContext = ProcessOutput & { turn: number; delays: ProcessDelays; caused: boolean; stop: boolean }

/** setTimeout fires at once for anything beyond 2³¹−1 ms. */
const DELAY_MAX_MS = 2 ** 31 - 1
/** What is no number is as long as can be: a turn must not end by mistake. */
const clamp = (ms: number | null): number => {
  const bounded = Math.min(Math.max(ms ?? DELAY_MAX_MS, 0), DELAY_MAX_MS)
  return Number.isNaN(bounded) ? DELAY_MAX_MS : bounded
}

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
      clamp(delays.turnTimeoutMs && delays.turnTimeoutMs - (delays.elapsedMs ?? 0)),
    resultGrace: ({ context }) => clamp(context.delays.resultGraceMs),
    // A start that hangs is given as long as an agent that is asked to stop.
    abandonGrace: ({ context }) => clamp(context.delays.interruptGraceMs),
    interruptGrace: ({ context }) => clamp(context.delays.interruptGraceMs),
    terminateGrace: ({ context }) => clamp(context.delays.terminateGraceMs),
    killGrace: ({ context }) => clamp(context.delays.killGraceMs),
  },
  guards: {
    hasTimeout: ({ context }) => context.delays.turnTimeoutMs !== null,
    mustStop: ({ context }) => context.stop,
  },
  actions: {
    command: sendTo('port', (_, params: PortCommand) => params),
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
    ...input,
    caused: input.stop,
    cause: input.stop ? 'cancelled' : 'exited',
    exitCode: null,
    signal: null,
    error: '',
    resultError: null,
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
          entry: { type: 'command', params: { type: 'INTERRUPT' } },
          after: { interruptGrace: 'terminating' },
          // The agent is gone; what it left behind has no interrupt of its own.
          on: { EXITED: { target: 'terminating', actions: 'recordExit' } },
        },
        terminating: {
          entry: { type: 'command', params: { type: 'TERMINATE' } },
          after: { terminateGrace: 'killing' },
          // Stopped already: the ladder is neither begun anew nor put off.
          on: { LOST: {} },
        },
        killing: {
          entry: { type: 'command', params: { type: 'KILL' } },
          after: { killGrace: '#process.ended' },
          on: { LOST: {} },
        },
      },
    },
    ended: { type: 'final' },
  },
})
