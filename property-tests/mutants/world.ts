/** Bugs between a request, the disk and a client: in any order, and with crashes in between. */
import type { Mutant } from './mutant.ts'

const FOLLOW = 'src/runtime/log/follow.ts'
const caughtBy = 'world'

export const WORLD: readonly Mutant[] = [
  {
    ...{ bug: 'a turn that is acknowledged before it is stored', file: 'src/runtime/turns.ts', caughtBy },
    old: '      await log.durable()\n',
    new: '',
  },
  {
    ...{ bug: 'a commit that failed is taken for one', file: 'src/runtime/log/writer.ts', caughtBy },
    old: 'if (failure === null) {',
    new: 'if (failure !== undefined) {',
  },
  {
    ...{ bug: 'a turn that an earlier server began is forgotten', file: 'src/runtime/sessions.ts', caughtBy },
    old: 'for (const { session } of found) await session.adopt()',
    new: '',
  },
  {
    ...{ bug: 'a page that is taken for all there is', file: FOLLOW, caughtBy },
    old: 'cursor = segment.last\n',
    new: 'cursor = log.fold.lastEventId\n',
  },
  {
    ...{ bug: 'a follower that sleeps through a commit', file: FOLLOW, caughtBy },
    old: '    seenHead = log.fold.lastEventId\n    pump()\n',
    new: '    if (seenHead === cursor) pump()\n',
  },
  {
    ...{ bug: 'a tail that loses its newest', file: 'src/runtime/log/tail.ts', caughtBy },
    old: 'segments.shift()!',
    new: 'segments.pop()!',
  },
  {
    ...{ bug: 'a cursor beyond the head that is believed', file: 'src/http/sse.ts', caughtBy },
    old: 'follow(log, ahead ? -1 : options.after,',
    new: 'follow(log, options.after,',
  },
  {
    ...{ bug: 'what was stored once is stored again', file: 'src/runtime/log/unstored.ts', caughtBy },
    old: '      inFlight = { ...emptyBatch(), segment: null, fold }\n      deps.onStored',
    new: '      deps.onStored',
  },
  {
    ...{ bug: 'a key that is not known again', file: 'src/runtime/idempotency.ts', caughtBy },
    old: 'if (remembered === null) return act()',
    new: 'if (remembered !== undefined) return act()',
  },
  {
    ...{ bug: 'a key that is taken with another body', file: 'src/runtime/idempotency.ts', caughtBy },
    old: "if (before.bodyHash !== now.bodyHash) throw new CodedError('idempotency_key_reused')",
    new: '',
  },
  {
    ...{
      bug: 'what is being written is not told to who comes later',
      file: 'src/runtime/log/follow-partials.ts',
      caughtBy,
    },
    old: 'sent.get(part.block) ?? 0',
    new: 'sent.get(part.block) ?? part.text.length',
  },
  {
    ...{
      bug: 'an agent is told of an answer that is not on record',
      file: 'src/runtime/process/input.ts',
      caughtBy,
    },
    old: 'await deps.durable()',
    new: '',
  },
  {
    ...{
      bug: 'what was read is read again by the next server',
      file: 'src/runtime/process/attempt.ts',
      caughtBy,
    },
    old: "tell({ type: 'OUTPUT', records, spool: spoolOf(cursor) })",
    new: "tell({ type: 'OUTPUT', records, spool: undefined })",
  },
  {
    ...{ bug: 'an interrupt that is as good as a kill', file: 'src/machines/process.ts', caughtBy },
    old: "after: { interruptGrace: 'terminating' },",
    new: '',
  },
]
