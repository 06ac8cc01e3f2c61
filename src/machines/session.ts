/**
 * The session machine: idle → turn{ running → cancelling } → idle. It emits the records of a turn, in the grammar
 * of the log, and knows neither their ids nor the time. The process is invoked by `turn`, so that going from
 * running to cancelling does not stop it.
 */
import { assign, emit, sendTo, setup } from 'xstate'
import type { AttachedFile, LogRecord, OutputRecord, SessionState, TurnRecord } from './events.ts'
import { concludeTurn } from './outcome.ts'
import { processMachine } from './process.ts'
import type { Cause, LeftoverPolicies, ProcessDelays, ProcessOutput } from './process-events.ts'

type SessionCommand =
  | {
      type: 'PROMPT'
      text: string
      promptId?: string
      by?: string
      attachments?: AttachedFile[]
      agent: string
      model: string | null
      delays: ProcessDelays
    }
  /** Takes over a turn that the log left open; `stop` and `resultError` as in ProcessInput. */
  | {
      type: 'ADOPT'
      turn: number
      cancelling: boolean
      stop?: Cause | null
      resultError?: string | null
      delays: ProcessDelays
    }
  | { type: 'CANCEL'; by: string }
  /** The store could not take the turn's first records: it never was. */
  | { type: 'UNRECORDED'; turn: number }

export type SessionMachineEvent = SessionCommand | { type: 'OUTPUT'; records: OutputRecord[]; spool: unknown }

/** Records to append to the log in one piece, `spool` with them. */
type Emitted = { type: 'append'; records: LogRecord[]; spool?: unknown }

type SessionInput = { turn: number; leftovers: LeftoverPolicies }
type SessionContext = {
  turn: number
  leftovers: LeftoverPolicies
  delays: ProcessDelays | null
  stop: Cause | null
  resultError: string | null
}

const append = (turn: number, records: (OutputRecord | TurnRecord)[], spool?: unknown): Emitted => ({
  type: 'append',
  records: records.map((record) => ({ ...record, turn })),
  ...(spool === undefined ? {} : { spool }),
})

const machine = setup({
  types: {
    context: {} as SessionContext,
    events: {} as SessionMachineEvent,
    emitted: {} as Emitted,
    input: {} as SessionInput,
  },
  actors: { process: processMachine },
  guards: {
    isThisTurn: ({ context, event }) => event.type === 'UNRECORDED' && event.turn === context.turn,
    isCancelling: ({ event }) => event.type === 'ADOPT' && event.cancelling,
  },
  actions: {
    beginTurn: assign(({ context, event }) =>
      event.type === 'PROMPT'
        ? { turn: context.turn + 1, delays: event.delays, stop: null, resultError: null }
        : {},
    ),
    adoptTurn: assign(({ event }) =>
      event.type === 'ADOPT'
        ? {
            turn: event.turn,
            delays: event.delays,
            stop: event.stop ?? (event.cancelling ? 'cancelled' : null),
            resultError: event.resultError ?? null,
          }
        : {},
    ),
    forgetTurn: assign(({ context }) => ({ turn: context.turn - 1 })),
    stopProcess: sendTo('process', { type: 'STOP' }),
    appendPrompt: emit(({ context, event }) => {
      if (event.type !== 'PROMPT') return append(context.turn, [])
      const promptId = event.promptId === undefined ? {} : { promptId: event.promptId }
      const by = event.by === undefined ? {} : { by: event.by }
      const attachments = event.attachments === undefined ? {} : { attachments: event.attachments }
      return append(context.turn, [
        { kind: 'user', text: event.text, ...promptId, ...by, ...attachments },
        { kind: 'turn_start', agent: event.agent, model: event.model },
      ])
    }),
    appendOutput: emit(({ context, event }) =>
      event.type === 'OUTPUT' ? append(context.turn, event.records, event.spool) : append(context.turn, []),
    ),
    appendCancelling: emit(({ context, event }) =>
      append(context.turn, event.type === 'CANCEL' ? [{ kind: 'cancelling', by: event.by }] : []),
    ),
    appendConclusion: emit(({ context }, params: { output: ProcessOutput }) =>
      append(context.turn, concludeTurn(params.output, context.delays)),
    ),
    appendFault: emit(({ context }, params: { error: unknown }) =>
      append(context.turn, [
        { kind: 'error', code: 'internal', error: describe(params.error) },
        { kind: 'turn_end', outcome: 'failed', exitCode: null, signal: null, survivors: 0 },
      ]),
    ),
  },
})

/** Anything can be thrown, even what has no text. */
function describe(thrown: unknown): string {
  try {
    return String(thrown).slice(0, 500).toWellFormed()
  } catch {
    return 'something failed that cannot be described'
  }
}

const NO_DELAYS: ProcessDelays = {
  turnTimeoutMs: null,
  stallNoticeMs: null,
  stallKillMs: null,
  resultGraceMs: 0,
  interruptGraceMs: 0,
  terminateGraceMs: 0,
  killGraceMs: 0,
}

export const sessionMachine = machine.createMachine({
  id: 'session',
  context: ({ input }) => ({ ...input, delays: null, stop: null, resultError: null }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        PROMPT: { target: 'turn', actions: ['beginTurn', 'appendPrompt'] },
        ADOPT: [
          { guard: 'isCancelling', target: 'turn.cancelling', actions: 'adoptTurn' },
          { target: 'turn', actions: 'adoptTurn' },
        ],
        UNRECORDED: { guard: 'isThisTurn', actions: 'forgetTurn' },
      },
    },
    turn: {
      invoke: {
        id: 'process',
        src: 'process',
        input: ({ context }) => ({
          turn: context.turn,
          delays: context.delays ?? NO_DELAYS,
          leftovers: context.leftovers,
          stop: context.stop,
          resultError: context.resultError,
        }),
        onDone: {
          target: 'idle',
          actions: { type: 'appendConclusion', params: ({ event }) => ({ output: event.output }) },
        },
        onError: {
          target: 'idle',
          actions: { type: 'appendFault', params: ({ event }) => ({ error: event.error }) },
        },
      },
      on: {
        OUTPUT: { actions: 'appendOutput' },
        UNRECORDED: { guard: 'isThisTurn', target: 'idle', actions: 'forgetTurn' },
      },
      initial: 'running',
      states: {
        running: { on: { CANCEL: { target: 'cancelling', actions: ['appendCancelling', 'stopProcess'] } } },
        cancelling: {},
      },
    },
  },
})

/** The flat name that clients see. */
export const stateName = (value: 'idle' | { turn: 'running' | 'cancelling' }): SessionState =>
  typeof value === 'string' ? value : value.turn
