/**
 * What the process machine can do and ask: its context, its clocks, its guards and its actions. When it does what is
 * process.ts.
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
  SayAnswer,
} from './process-events.ts'

type ProcessContext = Omit<ProcessOutput, 'cause'> & {
  /** Null while nothing ends it. */
  cause: Cause | null
  turn: number
  delays: ProcessDelays
  leftovers: LeftoverPolicies
  stop: boolean
  asking: boolean
}

/** Where nothing else has ended it, it ends by itself. */
export const causeOf = ({ cause }: Pick<ProcessContext, 'cause'>): Cause => cause ?? 'exited'

/** By the cause, not by the state: a server that goes on with a turn finds it in another one. */
const policyOf = ({ leftovers, ...context }: ProcessContext): LeftoverPolicy => {
  const cause = causeOf(context)
  if (cause === 'lost') return 'report'
  return cause === 'exited' ? leftovers.ended : leftovers.stopped
}

const warning = (code: string, text: string) =>
  ({
    type: 'OUTPUT',
    records: [{ kind: 'notice', level: 'warn', code, text }],
    spool: undefined,
  }) as const

export const processSetup = setup({
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
    isAsking: ({ context, event }) => (event.type === 'ASKING' ? event.asking : context.asking),
    isAnswered: ({ event }) => event.type === 'ASKING' && !event.asking,
    noticesStall: ({ context }) => context.delays.stallNoticeMs !== null,
    killsStalled: ({ context }) => context.delays.stallKillMs !== null,
    mustSpare: ({ event }) => event.type === 'LOST' && event.spare === true,
    killsLeftovers: ({ context }) => context.leftovers.ended === 'kill',
    // A turn that ended by itself, or was lost, is stopped only to end what it left behind.
    sparesLeftovers: ({ context }) =>
      !['exited', 'lost'].includes(causeOf(context)) && context.leftovers.stopped !== 'kill',
  },
  actions: {
    command: sendTo('port', (_, params: PortCommand) => params),
    stopPort: sendTo('port', ({ context }, { type }: { type: 'INTERRUPT' | 'TERMINATE' | 'KILL' }) => ({
      type,
      cause: causeOf(context),
    })),
    sayAnswer: sendTo('port', ({ event }) => event as SayAnswer),
    recordAsking: assign(({ event }) => (event.type === 'ASKING' ? { asking: event.asking } : {})),
    // An operator's answer may have taken longer than the turn has: its time begins anew.
    restartClock: assign(({ context }) => ({ delays: { ...context.delays, elapsedMs: 0 } })),
    // Its session is not to take answers for it any more.
    deafen: sendParent({ type: 'DEAF' }),
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
    cause: assign(({ context }, params: { cause: Cause }) => ({ cause: context.cause ?? params.cause })),
    // By itself, before anything else ended it: only a result can have come before.
    exited: assign({ cause: 'exited' }),
    recordStartFailure: assign(({ context, event }) => {
      if (event.type !== 'START_FAILED') return {}
      return { error: event.error, cause: context.cause ?? event.cause }
    }),
    recordOverflow: assign(({ context, event }) => {
      if (event.type !== 'OVERFLOWED' || context.cause !== null) return {}
      return { error: event.error, cause: 'output_limit' }
    }),
    recordResult: assign(({ event }) => (event.type === 'FINISHED' ? { resultError: event.error } : {})),
    // The first exit is the exit; and the words of what came first stay, as its cause does.
    recordExit: assign(({ context, event }) => {
      if (event.type !== 'EXITED' || context.exitCode !== null) return {}
      return { exitCode: event.exitCode, signal: event.signal, error: context.error || event.error }
    }),
    recordLoss: assign(({ context, event }) => {
      if (event.type !== 'LOST') return {}
      return context.cause !== null ? {} : { error: event.error, cause: event.cause }
    }),
    recordSurvivors: assign(({ event }) => (event.type === 'CLEARED' ? { survivors: event.survivors } : {})),
    // The port never said what is left: it has not even come to an end itself.
    presumeSurvivors: assign({ survivors: 1 }),
  },
})
