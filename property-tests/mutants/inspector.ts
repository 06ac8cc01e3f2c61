/** Bugs in what the inspector reads from a log. */
import type { Mutant } from './mutant.ts'

const CAUSES = 'src/web/inspect/log/causes.ts'
const PROCESS = 'src/web/inspect/log/process-steps.ts'
const caughtBy = 'steps-of-log'

export const INSPECTOR: readonly Mutant[] = [
  {
    ...{ bug: 'a deadline that is taken for an answer', file: CAUSES, caughtBy },
    old: "if (by === 'deadline') return { cause: 'EXPIRE', guess: null }",
    new: '',
  },
  {
    ...{ bug: 'what a turn leaves unanswered is taken for output', file: CAUSES, caughtBy },
    old: 'if (message === ENDED) return { cause: conclusionAt(events, index), guess: null }',
    new: '',
  },
  {
    ...{ bug: 'what a cancel denies is taken for an event of its own', file: CAUSES, caughtBy },
    old: "return cause === 'CANCEL' || isDeniedAtOnce(last, event)",
    new: 'return isDeniedAtOnce(last, event)',
  },
  {
    bug: 'output that takes the way of a turn that is not being cancelled',
    ...{ file: 'src/web/inspect/log/session-steps.ts', caughtBy },
    old: "if (cause === 'OUTPUT' && state === 'cancelling') return",
    new: "if (cause === 'OUTPUT' && state === 'idle') return",
  },
  {
    ...{ bug: 'a process that is stopped from where it is not', file: PROCESS, caughtBy },
    old: 'const way = ways.find(({ source }) => state !== null && isIn(source))',
    new: 'const way = ways[0]',
  },
]
