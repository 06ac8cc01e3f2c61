/**
 * The process machine: one agent's process, from its start to the last of its descendants.
 * It decides what happens and when. Its port (src/runtime) does it: no pid, no file and no clock is known here.
 */
import type { Cause } from './process-events.ts'
import { causeOf, processSetup } from './process-setup.ts'

const RESUMED = ['recordAsking', 'restartClock', { type: 'command', params: { type: 'RESUMED' } }] as const

const stopFor = (cause: Cause) =>
  ({
    target: '#process.stopping',
    actions: { type: 'cause', params: { cause } },
  }) as const

export const processMachine = processSetup.createMachine({
  id: 'process',
  context: ({ input }) => ({
    turn: input.turn,
    delays: input.delays,
    leftovers: input.leftovers,
    stop: input.stop != null,
    asking: input.asking ?? false,
    cause: input.stop ?? null,
    exitCode: null,
    signal: null,
    error: '',
    resultError: input.resultError ?? null,
    survivors: 0,
  }),
  output: ({ context }) => ({
    cause: causeOf(context),
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
    ASKING: { actions: 'recordAsking' },
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
        STARTED: [{ guard: 'isAsking', target: 'active.asking' }, { target: 'active' }],
        START_FAILED: { target: 'ended', actions: 'recordStartFailure' },
        // Adopted with an open question, and answered before its agent was found again.
        ANSWER: { actions: 'sayAnswer' },
        ASKING: { guard: 'isAnswered', actions: RESUMED },
        STOP: { target: 'abandoning', actions: { type: 'cause', params: { cause: 'cancelled' } } },
      },
    },
    // Told to stop between the command to start and the news that it did: both orders must end well.
    abandoning: {
      entry: ['deafen', { type: 'command', params: { type: 'ABANDON' } }],
      // A start that hangs must not hold the session up.
      after: { abandonGrace: '#process.stopping.terminating' },
      on: {
        STARTED: 'stopping',
        START_FAILED: { target: 'ended', actions: 'recordStartFailure' },
        CLEARED: 'ended',
      },
    },
    active: {
      on: {
        STOP: stopFor('cancelled'),
        ANSWER: { actions: 'sayAnswer' },
        OVERFLOWED: { target: '#process.stopping', actions: 'recordOverflow' },
        FINISHED: {
          target: '.working.finishing',
          actions: [{ type: 'cause', params: { cause: 'finished' } }, 'recordResult'],
        },
        EXITED: [
          { guard: 'killsLeftovers', target: 'stopping.terminating', actions: ['recordExit', 'exited'] },
          { target: 'settling', actions: ['recordExit', 'exited'] },
        ],
      },
      initial: 'working',
      states: {
        working: {
          after: { turnTimeout: { guard: 'hasTimeout', ...stopFor('timed_out') } },
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
                ASKING: { guard: 'isAsking', target: '#process.active.asking', actions: 'recordAsking' },
              },
            },
            // The agent has said its result and should go; it is known to hang here at times.
            finishing: {
              entry: ['deafen', { type: 'command', params: { type: 'END_INPUT' } }],
              after: { resultGrace: { target: '#process.stopping.terminating', actions: 'noticeHung' } },
              on: { FINISHED: {} },
            },
          },
        },
        // It waits for an operator, who has all the time that an approval has.
        asking: {
          exit: 'restartClock',
          on: { ASKING: { guard: 'isAnswered', target: 'working', actions: RESUMED } },
        },
      },
    },
    stopping: {
      entry: 'deafen',
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
      entry: ['deafen', 'report'],
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
