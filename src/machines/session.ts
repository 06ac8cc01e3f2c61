/**
 * The session machine: idle → turn{ running → cancelling } → idle. It emits the records of a turn, in the grammar
 * of the log, and knows neither their ids nor the time. The process is invoked by `turn`, so that going from
 * running to cancelling does not stop it.
 */
import { denyCancelled } from './approvals.ts'
import type { SessionState } from './events.ts'
import type { ProcessDelays } from './process-events.ts'
import { sessionSetup } from './session-setup.ts'

const NO_DELAYS: ProcessDelays = {
  turnTimeoutMs: null,
  stallNoticeMs: null,
  stallKillMs: null,
  resultGraceMs: 0,
  interruptGraceMs: 0,
  terminateGraceMs: 0,
  killGraceMs: 0,
}

export const sessionMachine = sessionSetup.createMachine({
  id: 'session',
  context: ({ input }) => ({ ...input, asked: [], deaf: false, delays: null, stop: null, resultError: null }),
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
          asking: context.asked.length > 0,
        }),
        onDone: {
          target: 'idle',
          actions: [
            { type: 'appendConclusion', params: ({ event }) => ({ output: event.output }) },
            'forgetApprovals',
          ],
        },
        onError: {
          target: 'idle',
          actions: [
            { type: 'appendFault', params: ({ event }) => ({ error: event.error }) },
            'forgetApprovals',
          ],
        },
      },
      on: {
        OUTPUT: { actions: { type: 'takeOutput', params: { refuse: null } } },
        DEAF: { actions: ['denyUnheard', 'forgetApprovals'] },
        UNRECORDED: {
          guard: 'isThisTurn',
          target: 'idle',
          actions: ['forgetTurn', 'forgetApprovals'],
        },
        ANSWER: { guard: 'isOpen', actions: 'resolve' },
        EXPIRE: { guard: 'isOpen', actions: 'resolve' },
      },
      initial: 'running',
      states: {
        running: {
          on: {
            CANCEL: {
              target: 'cancelling',
              actions: ['appendCancelling', 'forgetApprovals', 'stopProcess'],
            },
          },
        },
        cancelling: {
          on: { OUTPUT: { actions: { type: 'takeOutput', params: { refuse: denyCancelled } } } },
        },
      },
    },
  },
})

/** The flat name that clients see. */
export const stateName = (value: 'idle' | { turn: 'running' | 'cancelling' }): SessionState =>
  typeof value === 'string' ? value : value.turn
