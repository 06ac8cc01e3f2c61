/** Bugs in what a turn does, and when. */
import type { Mutant } from './mutant.ts'

const SESSION = 'src/machines/session-setup.ts'
const PROCESS = 'src/machines/process.ts'
const SETUP = 'src/machines/process-setup.ts'
const OUTCOME = 'src/machines/outcome.ts'
const caughtBy = 'session-machine'

export const MACHINES: readonly Mutant[] = [
  {
    ...{ bug: 'no SIGKILL after SIGTERM', file: PROCESS, caughtBy },
    old: "after: { terminateGrace: 'killing' },",
    new: "after: { terminateGrace: '#process.ended' },",
  },
  {
    ...{ bug: 'a SIGTERM that is waited for without end', file: PROCESS, caughtBy },
    old: "after: { terminateGrace: 'killing' },",
    new: '',
  },
  {
    ...{ bug: 'a turn that ends twice', file: OUTCOME, caughtBy },
    old: "return [{ kind: 'cancelled' }, end('cancelled')]",
    new: "return [{ kind: 'cancelled' }, end('cancelled'), end('cancelled')]",
  },
  {
    ...{ bug: 'the last cause wins, not the first', file: SETUP, caughtBy },
    old: '({ cause: context.cause ?? params.cause })',
    new: '({ cause: params.cause })',
  },
  {
    ...{ bug: 'a loss that takes the place of an earlier cause', file: SETUP, caughtBy },
    old: 'return context.cause !== null ? {} : { error: event.error, cause: event.cause }',
    new: 'return { error: event.error, cause: event.cause }',
  },
  {
    ...{ bug: 'a cancel that is forgotten while the agent starts', file: PROCESS, caughtBy },
    old: "        STARTED: 'stopping',\n        START_FAILED",
    new: "        STARTED: 'active',\n        START_FAILED",
  },
  {
    ...{ bug: 'a start that hangs holds up its cancel', file: PROCESS, caughtBy },
    old: "after: { abandonGrace: '#process.stopping.terminating' },",
    new: '',
  },
  {
    ...{ bug: 'an adopted turn that is no longer being cancelled', file: SESSION, caughtBy },
    old: "stop: event.stop ?? (event.cancelling ? 'cancelled' : null),",
    new: 'stop: event.stop ?? null,',
  },
  {
    ...{ bug: 'the number of an unrecorded turn is used up', file: SESSION, caughtBy },
    old: 'forgetTurn: assign(({ context }) => ({ turn: context.turn - 1 })),',
    new: 'forgetTurn: assign(({ context }) => ({ turn: context.turn })),',
  },
  {
    ...{ bug: 'a cancel that is told of twice', file: SESSION, caughtBy },
    old: "{ kind: 'cancelling', by: event.by }, ...denied",
    new: "{ kind: 'cancelling', by: event.by }, { kind: 'cancelling', by: event.by }, ...denied",
  },
  {
    ...{ bug: 'an approval that is answered twice', file: SESSION, caughtBy },
    old: 'enqueue.assign({ asked: open })\n',
    new: '',
  },
  {
    ...{ bug: 'an approval that a turn leaves open', file: SESSION, caughtBy },
    old: 'append(context.turn, [...denyAll(context), ...concludeTurn(',
    new: 'append(context.turn, [...concludeTurn(',
  },
  {
    ...{ bug: 'a deadline that the next server forgets', file: SESSION, caughtBy },
    old: 'if (remainingMs !== null) enqueue.raise(',
    new: 'if (remainingMs === 0) enqueue.raise(',
  },
]
