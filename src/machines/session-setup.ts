/** What a session machine can do: its context, its guards and its actions. When it does it is session.ts. */
import { assign, emit, enqueueActions, sendTo, setup } from 'xstate'
import {
  type Asked,
  denyCancelled,
  denyEnded,
  denyLate,
  denyUnheard,
  findAsked,
  type Refuse,
  resolvedRecord,
  takeRecords,
  without,
} from './approvals.ts'
import { clampDelay } from './delays.ts'
import type { OutputRecord, Resolution, TurnRecord } from './events.ts'
import { concludeTurn } from './outcome.ts'
import { processMachine } from './process.ts'
import type { Cause, ProcessDelays, ProcessOutput } from './process-events.ts'
import type { Emitted, SessionInput, SessionMachineEvent } from './session-events.ts'

type SessionContext = SessionInput & {
  /** What the agent waits for. */
  asked: readonly Asked[]
  /** Whether it can be told nothing any more. */
  deaf: boolean
  delays: ProcessDelays | null
  stop: Cause | null
  resultError: string | null
}

const append = (turn: number, records: (OutputRecord | TurnRecord)[], spool?: unknown): Emitted => ({
  type: 'append',
  records: records.map((record) => ({ ...record, turn })),
  ...(spool === undefined ? {} : { spool }),
})

export const sessionSetup = setup({
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
    isOpen: ({ context, event }) =>
      (event.type === 'ANSWER' || event.type === 'EXPIRE') &&
      findAsked(context.asked, event.approvalId) !== undefined,
  },
  actions: {
    beginTurn: assign(({ context, event }) =>
      event.type === 'PROMPT'
        ? { turn: context.turn + 1, delays: event.delays, stop: null, resultError: null, deaf: false }
        : {},
    ),
    adoptTurn: enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'ADOPT') return
      const { approvals = [] } = event
      enqueue.assign({
        turn: event.turn,
        delays: event.delays,
        stop: event.stop ?? (event.cancelling ? 'cancelled' : null),
        resultError: event.resultError ?? null,
        asked: approvals.map(({ asked }) => asked),
        deaf: false,
      })
      for (const { asked, remainingMs } of approvals)
        if (remainingMs !== null) enqueue.raise(...expiry(asked, remainingMs))
    }),
    forgetTurn: assign(({ context }) => ({ turn: context.turn - 1 })),
    stopProcess: sendTo('process', { type: 'STOP' }),
    appendPrompt: emit(({ context, event }) => {
      if (event.type !== 'PROMPT') return append(context.turn, [])
      const { text, promptId, by, attachments } = event
      return append(context.turn, [
        {
          ...{ kind: 'user', text },
          ...(promptId !== undefined && { promptId }),
          ...(by !== undefined && { by }),
          ...(attachments !== undefined && { attachments }),
        },
        { kind: 'turn_start', agent: event.agent, model: event.model },
      ])
    }),
    takeOutput: enqueueActions(({ context, event, enqueue }, params: { refuse: Refuse | null }) => {
      if (event.type !== 'OUTPUT') return
      const taken = takeRecords(
        context.asked,
        event.records,
        params.refuse ?? (context.deaf ? denyUnheard : null),
      )
      enqueue.emit(append(context.turn, taken?.records ?? event.records, event.spool))
      if (taken === null) return
      enqueue.assign({ asked: taken.open })
      // First: what is taken back may be asked once more.
      for (const approvalId of taken.withdrawn) enqueue.cancel(approvalId)
      const { approvalTimeoutMs } = context
      if (approvalTimeoutMs !== null)
        for (const asked of taken.fresh) enqueue.raise(...expiry(asked, approvalTimeoutMs))
      for (const refused of taken.refused) enqueue.sendTo('process', { type: 'ANSWER', ...refused })
      const asking = taken.open.length > 0
      if (asking !== context.asked.length > 0) enqueue.sendTo('process', { type: 'ASKING', asking })
    }),
    resolve: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'ANSWER' && event.type !== 'EXPIRE') return
      const asked = findAsked(context.asked, event.approvalId)
      if (asked === undefined) return
      const { type, ...given } = event
      const resolution = type === 'EXPIRE' ? denyLate(asked) : (given as Resolution)
      const open = without(context.asked, asked.approvalId)
      enqueue.emit(append(context.turn, [resolvedRecord(resolution)]))
      enqueue.assign({ asked: open })
      enqueue.cancel(asked.approvalId)
      enqueue.sendTo('process', { type: 'ANSWER', asked, answer: resolution })
      if (open.length === 0) enqueue.sendTo('process', { type: 'ASKING', asking: false })
    }),
    // Whoever answers now must not be told that it counts.
    denyUnheard: enqueueActions(({ context, enqueue }) => {
      enqueue.assign({ deaf: true })
      const denied = context.asked.map(denyUnheard).map(resolvedRecord)
      if (denied.length > 0) enqueue.emit(append(context.turn, denied))
    }),
    forgetApprovals: enqueueActions(({ context, enqueue }) => {
      for (const { approvalId } of context.asked) enqueue.cancel(approvalId)
      enqueue.assign({ asked: [] })
    }),
    // The agent is not told: its interrupt takes back all that it has asked.
    appendCancelling: emit(({ context, event }) => {
      if (event.type !== 'CANCEL') return append(context.turn, [])
      const denied = context.asked.map((asked) => resolvedRecord(denyCancelled(asked)))
      return append(context.turn, [{ kind: 'cancelling', by: event.by }, ...denied])
    }),
    appendConclusion: emit(({ context }, params: { output: ProcessOutput }) =>
      append(context.turn, [...denyAll(context), ...concludeTurn(params.output, context.delays)]),
    ),
    appendFault: emit(({ context }, params: { error: unknown }) =>
      append(context.turn, [
        ...denyAll(context),
        { kind: 'error', code: 'internal', error: describe(params.error) },
        { kind: 'turn_end', outcome: 'failed', exitCode: null, signal: null, survivors: 0 },
      ]),
    ),
  },
})

const denyAll = ({ asked }: SessionContext): OutputRecord[] => asked.map(denyEnded).map(resolvedRecord)

/** What to raise, when, and under which name it is cancelled. */
const expiry = ({ approvalId }: Asked, ms: number) =>
  [
    { type: 'EXPIRE', approvalId },
    { delay: clampDelay(ms), id: approvalId },
  ] as const

/** Anything can be thrown, even what has no text. */
function describe(thrown: unknown): string {
  try {
    return String(thrown).slice(0, 500).toWellFormed()
  } catch {
    return 'something failed that cannot be described'
  }
}
