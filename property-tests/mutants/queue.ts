/** Bugs in what becomes of prompts that wait. */
import type { Mutant } from './mutant.ts'

const QUEUE = 'src/runtime/queue/queue.ts'
const NEXT = 'src/runtime/queue/next.ts'
const caughtBy = 'queue'

export const QUEUES: readonly Mutant[] = [
  {
    ...{ bug: 'a prompt that is lost when it is edited', file: QUEUE, caughtBy },
    old: "[dequeuedRecord(promptId, 'edited'), queuedRecord({ ...found, prompt: text })]",
    new: "[dequeuedRecord(promptId, 'edited')]",
  },
  {
    ...{ bug: 'a prompt that is acknowledged before it is stored', file: QUEUE, caughtBy },
    old: '    await log.durable()\n    return answer',
    new: '    return answer',
  },
  {
    ...{ bug: 'the last that came is the next that runs', file: NEXT, caughtBy },
    old: 'const [next] = log.newest.queue',
    new: 'const next = log.newest.queue.at(-1)',
  },
  {
    ...{ bug: 'a prompt that is not tried again', file: NEXT, caughtBy },
    old: 'retry = setTimeout(advance, LIMITS.queueRetryMs)',
    new: '',
  },
  {
    ...{
      bug: 'a queue that goes on though no agent can be started',
      file: 'src/runtime/queue/rules.ts',
      caughtBy,
    },
    old: "(queueHeld === 'cancelled' && afterCancel === 'run' ? null : queueHeld)",
    new: "(afterCancel === 'run' ? null : queueHeld)",
  },
  {
    ...{ bug: 'a prompt that overtakes those that wait', file: 'src/runtime/session.ts', caughtBy },
    old: 'if (mayBegin() && !queue.isDue()) return begin(start)',
    new: 'if (mayBegin()) return begin(start)',
  },
]
