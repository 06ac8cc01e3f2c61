/**
 * The process machine: one agent's process, from its start to the last of its descendants.
 * It decides what happens and when. Its port (src/runtime) does it: no pid, no file and no clock is known here.
 */
import { assign, fromCallback, sendParent, sendTo, setup } from 'xstate'
import { clampDelay } from './delays.ts'
import type {
  Cause,
  LeftoverPolicies,
  LeftoverPolicy,
  PortCommand,
  ProcessDelays,
  ProcessEvent,
  ProcessInput,
  ProcessOutput,
} from './process-events.ts'

type ProcessContext = ProcessOutput & {
  turn: number
  delays: ProcessDelays
  leftovers: LeftoverPolicies
  caused: boolean
  stop: boolean
}

/** By the cause, not by the state: a server that goes on with a turn finds it in another one. */
const policyOf = ({ cause, leftovers }: ProcessContext): LeftoverPolicy => {
  if (cause === 'lost') return 'report'
  return cause === 'exited' ? leftovers.ended : leftovers.stopped
}

const warning = (code: string, text: string) =>
  ({
    type: 'OUTPUT',
    records: [{ kind: 'notice', level: 'warn', code, text }],
    spool: undefined,
  }) as const

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
    stallNotice: ({ context }) => clampDelay(context.delays.stallNoticeMs),
    stallKill: ({ context }) => clampDelay(context.delays.stallKillMs),
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
    noticesStall: ({ context }) => context.delays.stallNoticeMs !== null,
    killsStalled: ({ context }) => context.delays.stallKillMs !== null,
    mustSpare: ({ event }) => event.type === 'LOST' && event.spare === true,
    killsLeftovers: ({ context }) => context.leftovers.ended === 'kill',
    // A turn that ended by itself, or was lost, is stopped only to end what it left behind.
    sparesLeftovers: ({ context: { cause, leftovers } }) =>
      cause !== 'exited' && cause !== 'lost' && leftovers.stopped !== 'kill',
  },
  actions: {
    command: sendTo('port', (_, params: PortCommand) => params),
    stopPort: sendTo('port', ({ context }, { type }: { type: 'INTERRUPT' | 'TERMINATE' | 'KILL' }) => ({
      type,
      cause: context.cause,
    })),
    forward: sendParent(({ event }) => event),
    report: sendTo('port', ({ context }) => ({ type: 'REPORT', policy: policyOf(context) })),
    noticeHung: sendParent(
      warning('agent_hung', 'The agent did not exit after its result and is being stopped.'),
    ),
    noticeStalled: sendParent(({ context }) =>
      warning(
        'agent_silent',
        `The agent has said nothing for ${(context.delays.stallNoticeMs ?? 0) / 1000} s.`,
      ),
    ),
    cause: assign(({ context }, params: { cause: Cause }) =>
      context.caused ? {} : { cause: params.cause, caused: true },
    ),
    // By itself, before anything else ended it: only a result can have come before.
    exited: assign({ cause: 'exited', caused: true }),
    recordStartFailure: assign(({ context, event }) => {
      if (event.type !== 'START_FAILED') return {}
      return { error: event.error, ...(context.caused ? {} : { cause: event.cause, caused: true }) }
    }),
    recordOverflow: assign(({ context, event }) => {
      if (event.type !== 'OVERFLOWED' || context.caused) return {}
      return { error: event.error, cause: 'output_limit', caused: true }
    }),
    recordResult: assign(({ event }) => (event.type === 'FINISHED' ? { resultError: event.error } : {})),
    // The first exit is the exit; and the words of what came first stay, as its cause does.
    recordExit: assign(({ context, event }) => {
      if (event.type !== 'EXITED' || context.exitCode !== null) return {}
      return { exitCode: event.exitCode, signal: event.signal, error: context.error || event.error }
    }),
    recordLoss: assign(({ context, event }) => {
      if (event.type !== 'LOST') return {}
      return context.caused ? {} : { error: event.error, cause: event.cause, caused: true }
    }),
    recordSurvivors: assign(({ event }) => (event.type === 'CLEARED' ? { survivors: event.survivors } : {})),
    // The port never said what is left: it has not even come to an end itself.
    presumeSurvivors: assign({ survivors: 1 }),
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
    leftovers: input.leftovers,
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
    LOST: [
      { guard: 'mustSpare', target: '.settling', actions: 'recordLoss' },
      { target: '.stopping.terminating', actions: 'recordLoss' },
    ],
  },
  initial: 'starting',
  states: {
    starting: {
      always: { guard: 'mustStop', target: 'abandoning' },
      on: {
        STARTED: 'active',
        START_FAILED: { target: 'ended', actions: 'recordStartFailure' },
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
        OVERFLOWED: { target: '#process.stopping', actions: 'recordOverflow' },
        EXITED: [
          { guard: 'killsLeftovers', target: 'stopping.terminating', actions: ['recordExit', 'exited'] },
          { target: 'settling', actions: ['recordExit', 'exited'] },
        ],
      },
      initial: 'running',
      states: {
        running: {
          // Two clocks of silence. Whatever the agent says comes in anew, and so sets them back.
          after: {
            stallNotice: { guard: 'noticesStall', actions: 'noticeStalled' },
            stallKill: { guard: 'killsStalled', ...stopFor('stalled') },
          },
          on: {
            OUTPUT: { target: 'running', reenter: true, actions: 'forward' },
            HEARD: { target: 'running', reenter: true },
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
          on: {
            EXITED: [
              { guard: 'sparesLeftovers', target: '#process.settling', actions: 'recordExit' },
              { target: 'terminating', actions: 'recordExit' },
            ],
          },
        },
        terminating: {
          entry: { type: 'stopPort', params: { type: 'TERMINATE' } },
          after: { terminateGrace: 'killing' },
          // Stopped already: the ladder is neither begun anew nor put off.
          on: { LOST: {} },
        },
        killing: {
          entry: { type: 'stopPort', params: { type: 'KILL' } },
          after: { killGrace: { target: '#process.ended', actions: 'presumeSurvivors' } },
          on: { LOST: {} },
        },
      },
    },
    // The agent has gone as it should. What it left behind is counted, and left alone unless somebody says stop.
    settling: {
      entry: 'report',
      after: { killGrace: { target: 'ended', actions: 'presumeSurvivors' } },
      on: {
        STOP: 'stopping.terminating',
        LOST: {},
        CLEARED: { target: 'ended', actions: 'recordSurvivors' },
      },
    },
    ended: { type: 'final' },
  },
})
