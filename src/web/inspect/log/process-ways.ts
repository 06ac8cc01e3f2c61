/**
 * The ways through the process machine that a log can show. A property holds them against the machine itself: none is here
 * that is not there.
 */
import type { Step } from '../../../client/index.ts'

/** One way on: from a state or whatever is in it, to a state. The index is that of the transition among its source's. */
export type Way = { source: string; event: string; index?: number; target?: string; from: Step['from'] }

const after = (source: string, delay: string): string => `xstate.after.${delay}.process.${source}`

export const WAYS = {
  started: { source: 'starting', event: 'STARTED', index: 1, target: 'active.working.running', from: 'port' },
  startedLate: { source: 'abandoning', event: 'STARTED', target: 'stopping.interrupting', from: 'port' },
  failedToStart: { source: 'starting', event: 'START_FAILED', target: 'ended', from: 'port' },
  failedToStartLate: { source: 'abandoning', event: 'START_FAILED', target: 'ended', from: 'port' },
  abandoned: { source: 'starting', event: 'STOP', target: 'abandoning', from: 'session' },
  stopped: { source: 'active', event: 'STOP', target: 'stopping.interrupting', from: 'session' },
  stoppedLate: { source: 'settling', event: 'STOP', target: 'stopping.terminating', from: 'session' },
  asks: {
    ...{ source: 'active.working.running', event: 'ASKING', target: 'active.asking', from: 'session' },
  },
  isAnswered: {
    ...{ source: 'active.asking', event: 'ASKING', target: 'active.working.running', from: 'session' },
  },
  answer: { source: 'active', event: 'ANSWER', from: 'session' },
  silent: {
    source: 'active.working.running',
    event: after('active.working.running', 'stallNotice'),
    from: 'clock',
  },
  stalled: {
    source: 'active.working.running',
    event: after('active.working.running', 'stallKill'),
    target: 'stopping.interrupting',
    from: 'clock',
  },
  timedOut: {
    source: 'active.working',
    event: after('active.working', 'turnTimeout'),
    target: 'stopping.interrupting',
    from: 'clock',
  },
  hung: {
    source: 'active.working.finishing',
    event: after('active.working.finishing', 'resultGrace'),
    target: 'stopping.terminating',
    from: 'clock',
  },
  overflowed: { source: 'active', event: 'OVERFLOWED', target: 'stopping.interrupting', from: 'port' },
  finished: { source: 'active', event: 'FINISHED', target: 'active.working.finishing', from: 'port' },
  exited: { source: 'active', event: 'EXITED', index: 1, target: 'settling', from: 'port' },
  exitedStopped: {
    ...{ source: 'stopping.interrupting', event: 'EXITED', index: 1, target: 'stopping.terminating' },
    from: 'port',
  },
  lost: { source: '', event: 'LOST', index: 1, target: 'stopping.terminating', from: 'port' },
  cleared: { source: 'stopping', event: 'CLEARED', target: 'ended', from: 'port' },
  settled: { source: 'settling', event: 'CLEARED', target: 'ended', from: 'port' },
  clearedUnstarted: { source: 'abandoning', event: 'CLEARED', target: 'ended', from: 'port' },
} as const satisfies Record<string, Way>

/** What the port is told by whoever comes into a state. */
export const COMMANDS: Record<string, string> = {
  abandoning: 'ABANDON',
  'active.working.finishing': 'END_INPUT',
  'stopping.interrupting': 'INTERRUPT',
  'stopping.terminating': 'TERMINATE',
  settling: 'REPORT',
}
