/**
 * One session's log: numbers the records, has them stored, and shows them only then. Owns the fold and the tail.
 * Knows neither machines nor clients: it is told what to append, and tells that it grew.
 */
import { createStore } from '@xstate/store'
import type { Event, LogRecord } from '../../machines/events.ts'
import { foldEvent, type SessionFold } from '../../machines/fold.ts'
import { LIMITS } from '../limits.ts'
import { encodeFrame, type Segment } from './frames.ts'
import type { Append, Remembered, Store } from './store.ts'
import { EMPTY_TAIL, extendTail, readTail, type Tail } from './tail.ts'
import type { Pending, Writer } from './writer.ts'

type Waiter = { resolve: () => void; reject: (error: unknown) => void; patient: boolean }
/** Numbered, but not stored yet. */
type Batch = {
  dirty: boolean
  frames: string[]
  remembered: Remembered[]
  opensTurn: boolean
  waiters: Waiter[]
}

const emptyBatch = (): Batch => ({ dirty: false, frames: [], remembered: [], opensTurn: false, waiters: [] })
const joinBatches = (a: Batch, b: Batch): Batch => ({
  dirty: a.dirty || b.dirty,
  frames: [...a.frames, ...b.frames],
  remembered: [...a.remembered, ...b.remembered],
  opensTurn: a.opensTurn || b.opensTurn,
  waiters: [...a.waiters, ...b.waiters],
})

export type LogDeps = {
  store: Pick<Store, 'read'>
  writer: Writer
  now: () => Date
  /** The store refused a turn's first records: all that is not stored is dropped, the turn never was. */
  onUnrecorded: (turn: number) => void
}

/** @param start what the store holds of the session */
export function createLog(deps: LogDeps, start: { sessionId: string; fold: SessionFold; spool: unknown }) {
  // What everyone may see: durable.
  const shown = createStore({
    context: { fold: start.fold, tail: EMPTY_TAIL },
    on: {
      committed: (context, event: { segment: Segment | null; fold: SessionFold }) => ({
        fold: event.fold,
        tail: event.segment ? extendTail(context.tail, event.segment, LIMITS.tailBytesMax) : context.tail,
      }),
    },
  })
  const listeners = new Set<() => void>()
  // One observer for all listeners, each fenced: one that throws must not starve the next, nor reach the writer.
  shown.subscribe(() => {
    for (const listener of [...listeners]) {
      try {
        listener()
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  })

  // What is on its way: the fold runs ahead of what is shown by the batches that are not stored yet.
  let numbered = { fold: start.fold, spool: start.spool }
  let gathering = emptyBatch()
  let inFlight: Batch & { fold: SessionFold; segment: Segment | null } = {
    ...emptyBatch(),
    fold: start.fold,
    segment: null,
  }
  const durableFold = (): SessionFold => shown.getSnapshot().context.fold

  const pending: Pending = {
    take(): Append | null {
      const batch = joinBatches(inFlight, gathering)
      gathering = emptyBatch()
      if (!batch.dirty) {
        for (const waiter of batch.waiters) waiter.resolve()
        return null
      }
      const head = durableFold().lastEventId
      const segment =
        batch.frames.length === 0
          ? null
          : { first: head + 1, last: head + batch.frames.length, frames: Buffer.from(batch.frames.join('')) }
      inFlight = { ...batch, fold: numbered.fold, segment }
      return {
        sessionId: start.sessionId,
        expectedHead: head,
        segment,
        fold: numbered.fold,
        spool: numbered.spool ?? null,
        remembered: batch.remembered,
        at: deps.now().toISOString(),
      }
    },
    committed(): void {
      const { segment, fold, waiters } = inFlight
      inFlight = { ...emptyBatch(), fold, segment: null }
      shown.trigger.committed({ segment, fold })
      for (const waiter of waiters) waiter.resolve()
    },
    failed(error): boolean {
      if (inFlight.opensTurn) {
        const waiters = [...inFlight.waiters, ...gathering.waiters]
        const { turn } = numbered.fold
        numbered = { ...numbered, fold: durableFold() }
        inFlight = { ...emptyBatch(), fold: durableFold(), segment: null }
        gathering = emptyBatch()
        deps.onUnrecorded(turn)
        for (const waiter of waiters) waiter.reject(error)
        return false
      }
      const impatient = inFlight.waiters.filter((waiter) => !waiter.patient)
      inFlight = { ...inFlight, waiters: inFlight.waiters.filter((waiter) => waiter.patient) }
      for (const waiter of impatient) waiter.reject(error)
      return true
    },
  }

  const number = (record: LogRecord): Event => {
    const { fold } = numbered
    const now = deps.now()
    const event: Event = { ...record, id: fold.lastEventId + 1, at: now.toISOString() }
    if (event.kind === 'turn_end')
      event.durationMs = fold.opened === null ? 0 : Math.max(0, now.getTime() - Date.parse(fold.opened.at))
    return event
  }

  return {
    /**
     * Numbers records and has them stored soon, `spool` in the same transaction.
     * @returns the id of the first
     */
    append(records: LogRecord[], extra: { spool?: unknown; remembered?: Remembered } = {}): number {
      const first = numbered.fold.lastEventId + 1
      for (const record of records) {
        const event = number(record)
        gathering.frames.push(encodeFrame(event))
        if (event.kind === 'user') gathering.opensTurn = true
        numbered = { ...numbered, fold: foldEvent(numbered.fold, event) }
      }
      if (extra.remembered) gathering.remembered.push(extra.remembered)
      if (extra.spool !== undefined) numbered = { ...numbered, spool: extra.spool }
      if (records.length > 0 || extra.spool !== undefined) {
        gathering.dirty = true
        deps.writer.request(pending)
      }
      return first
    },
    /**
     * Fulfilled when all that was appended until now is stored. Rejected when it could not be stored at the first
     * try; with `patient`, only when it never will be.
     */
    durable({ patient = false } = {}): Promise<void> {
      if (!gathering.dirty && !inFlight.dirty) return Promise.resolve()
      return new Promise((resolve, reject) => {
        gathering.waiters.push({ resolve, reject, patient })
        deps.writer.request(pending)
      })
    },
    /** The id that the next record will have. */
    get nextId(): number {
      return numbered.fold.lastEventId + 1
    },
    /** The durable state of the session. */
    get fold(): SessionFold {
      return durableFold()
    },
    /** What the newest turn's supervisor last stored. */
    get spool(): unknown {
      return numbered.spool
    },
    /** The durable events behind a cursor, from memory; null when memory does not reach them, or there are none. */
    readTail: createTailReader(() => shown.getSnapshot().context.tail),
    /** The same from the store. */
    readStore: (after: number, bytesMax: number): Promise<Segment | null> =>
      deps.store.read(start.sessionId, after, bytesMax),
    /** Calls back after every commit. @returns how to end that */
    onCommitted(listener: () => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export type Log = ReturnType<typeof createLog>

/** Remembers the last answer: all clients that wait at the head ask the same question, and share one buffer. */
function createTailReader(currentTail: () => Tail) {
  let last: { tail: Tail; after: number; bytesMax: number; segment: Segment | null } | undefined
  return (after: number, bytesMax: number): Segment | null => {
    const tail = currentTail()
    if (last?.tail === tail && last.after === after && last.bytesMax === bytesMax) return last.segment
    const segment = readTail(tail, after, bytesMax)
    last = { tail, after, bytesMax, segment }
    return segment
  }
}
