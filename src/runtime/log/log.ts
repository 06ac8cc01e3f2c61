/**
 * One session's log: has records stored, and shows them only then. Owns the durable fold and the tail.
 * Knows neither machines nor clients: it is told what to append, and tells that it grew.
 */
import { createStore } from '@xstate/store'
import type { LogRecord } from '../../machines/events.ts'
import type { SessionFold } from '../../machines/fold.ts'
import { LIMITS } from '../limits.ts'
import type { Segment } from './frames.ts'
import { createPartials } from './partials.ts'
import type { Remembered, Store } from './store.ts'
import { EMPTY_TAIL, extendTail, readTail, type Tail } from './tail.ts'
import { createUnstored, type Extra } from './unstored.ts'
import type { Writer } from './writer.ts'

export type LogDeps = {
  store: Pick<Store, 'read' | 'recall'>
  writer: Writer
  now: () => Date
  /** How long an approval waits for an answer; null for ever. */
  approvalTimeoutMs: number | null
  /** The store refused a turn's first records: all that is not stored was dropped, the turn never was. */
  onUnrecorded: (turn: number) => void
  /** A listener threw. */
  onFault: (error: unknown) => void
}

/** @param start what the store holds of the session */
export function createLog(deps: LogDeps, start: { sessionId: string; fold: SessionFold; spool: unknown }) {
  const shown = createStore({
    context: { fold: start.fold, tail: EMPTY_TAIL, shownBytes: 0 },
    on: {
      stored: (context, event: { segment: Segment | null; fold: SessionFold }) => ({
        fold: event.fold,
        tail: event.segment ? extendTail(context.tail, event.segment, LIMITS.tailBytesMax) : context.tail,
        shownBytes: context.shownBytes + (event.segment?.frames.length ?? 0),
      }),
    },
  })
  const durable = () => shown.getSnapshot().context

  const listeners = new Set<() => void>()
  // One observer for all listeners, each fenced: one that throws must not starve the next, nor reach the writer.
  const tellListeners = (): void => {
    for (const listener of [...listeners]) {
      try {
        listener()
      } catch (error) {
        deps.onFault(error)
      }
    }
  }

  const unstored = createUnstored(
    {
      ...deps,
      sessionId: start.sessionId,
      storedFold: () => durable().fold,
      onStored: (segment, fold) => shown.trigger.stored({ segment, fold }),
      onRevoked: () => partials.settle(),
    },
    { fold: start.fold, spool: start.spool },
  )

  const partials = createPartials({
    storedFold: () => durable().fold,
    newestId: () => unstored.newest().fold.lastEventId,
    onFault: deps.onFault,
  })
  shown.subscribe(() => {
    partials.settle()
    tellListeners()
  })

  return {
    /** What is being written behind the log's end. */
    partials,
    /** Numbers records and has them stored soon, `spool` and `remembered` in the same transaction. */
    append(records: LogRecord[], extra: Extra = {}): void {
      unstored.add(records, extra)
    },
    /**
     * Fulfilled when all that was appended until now is stored. Rejected when it could not be stored at the first
     * try; with `patient`, only when it never will be.
     */
    durable: ({ patient = false } = {}): Promise<void> => unstored.stored(patient),
    /** Whether nothing is on its way. */
    get isStored(): boolean {
      return unstored.isEmpty()
    },
    /** Forgets what is not stored yet: the session is deleted. */
    discard: (): void => unstored.discard(),
    /** The id that the next record will have. */
    get nextId(): number {
      return unstored.newest().fold.lastEventId + 1
    },
    /** The state of the session with what is not stored yet: what the next record comes behind. */
    get newest(): SessionFold {
      return unstored.newest().fold
    },
    /** What the newest turn's supervisor last said, stored or not. */
    get spool(): unknown {
      return unstored.newest().spool
    },
    /** The durable state of the session. */
    get fold(): SessionFold {
      return durable().fold
    },
    /** How much was shown since this log was opened: by it a follower tells how far it has fallen behind. */
    get shownBytes(): number {
      return durable().shownBytes
    },
    /** The durable events behind a cursor, from memory; null when memory does not reach them, or there are none. */
    readTail: createTailReader(() => durable().tail),
    /** The same from the store. */
    readStore: (after: number, bytesMax: number): Promise<Segment | null> =>
      deps.store.read(start.sessionId, after, bytesMax),
    /**
     * The answer that was given under a key, once it is stored: one that the store refused at first is kept, and must
     * not be thought forgotten.
     */
    async recall(key: string): Promise<Remembered | null> {
      const waiting = unstored.remembered(key)
      if (waiting === undefined) return deps.store.recall(start.sessionId, key)
      await unstored.stored(false)
      return waiting
    },
    /** Calls back after every commit. @returns how to end that */
    onCommitted(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export type Log = ReturnType<typeof createLog>

/**
 * Remembers its last answers: clients at the same place ask the same question, and share one buffer. There are few such
 * places, most of them at the head; beyond them there are the slow ones, each at a place of its own.
 */
function createTailReader(currentTail: () => Tail) {
  let known: { tail: Tail; answers: Map<number, { bytesMax: number; segment: Segment | null }> } | undefined
  return (after: number, bytesMax: number): Segment | null => {
    const tail = currentTail()
    if (known?.tail !== tail) known = { tail, answers: new Map() }
    const { answers } = known
    const answer = answers.get(after)
    if (answer?.bytesMax === bytesMax) return answer.segment
    const segment = readTail(tail, after, bytesMax)
    if (answers.size >= LIMITS.sharedSegmentsMax) answers.delete(answers.keys().next().value!)
    answers.set(after, { bytesMax, segment })
    return segment
  }
}
