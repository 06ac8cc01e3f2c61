/**
 * What is on its way into a log: numbered and encoded, but not stored yet, and so not to be seen. Gathers records
 * until the writer takes them, keeps them while they are written, and knows what becomes of them when that fails:
 * a turn's first records never were, what is revocable neither, and the rest is kept until it can be stored.
 */
import type { Event, LogRecord } from '../../machines/events.ts'
import { foldChange, foldEvent, foldPlace, type SessionFold } from '../../machines/fold.ts'
import { CodedError } from '../errors.ts'
import { type Entry, emptyBatch, joinBatches, type Waiter } from './batch.ts'
import { encodeFrame, type Segment } from './frames.ts'
import { arrivalAt, numberRecord, renumber } from './numbering.ts'
import { withOutageNotice } from './outage.ts'
import type { Append, Remembered } from './store.ts'
import type { Pending, Writer } from './writer.ts'

/** The newest of everything, stored or not. */
export type Newest = { fold: SessionFold; spool: unknown }

/** What is stored together with records. */
export type Extra = {
  spool?: unknown
  remembered?: Remembered
  /** Nothing of it is left when it cannot be stored at the first try. Not for what the agent says. */
  revocable?: boolean
}

export function createUnstored(
  deps: {
    sessionId: string
    writer: Writer
    now: () => Date
    /** How long an approval waits for an answer; null for ever. */
    approvalTimeoutMs: number | null
    /** The fold over what is stored. */
    storedFold: () => SessionFold
    onStored: (segment: Segment | null, fold: SessionFold) => void
    /** The store refused a turn's first records: all that is not stored was dropped, the turn never was. */
    onUnrecorded: (turn: number) => void
    /** What was revocable was dropped: what came behind it has moved up. */
    onRevoked: () => void
  },
  start: Newest,
) {
  let newest = start
  let gathering = emptyBatch()
  let inFlight = { ...emptyBatch(), segment: null as Segment | null, fold: start.fold }
  /** Whether the store fails, and the log will say so. */
  let failing = false

  const pending: Pending = {
    take(): Append | null {
      const batch = joinBatches(inFlight, gathering)
      gathering = emptyBatch()
      if (batch.entries.length === 0) {
        for (const waiter of batch.waiters) waiter.resolve()
        return null
      }
      const head = deps.storedFold().lastEventId
      const { fold, spool } = newest
      const frames = batch.entries.flatMap((entry) => entry.frames)
      const segment =
        frames.length === 0
          ? null
          : { first: head + 1, last: fold.lastEventId, frames: Buffer.from(frames.join('')) }
      inFlight = { ...batch, segment, fold }
      return {
        sessionId: deps.sessionId,
        expectedHead: head,
        ...{ segment, fold, spool },
        remembered: batch.entries.flatMap((entry) => entry.remembered),
        // Of what happened, not of the commit: a server that is started later says the same.
        at: fold.at ?? deps.now().toISOString(),
      }
    },
    committed(): void {
      const { segment, fold, waiters } = inFlight
      failing = false
      inFlight = { ...emptyBatch(), segment: null, fold }
      deps.onStored(segment, fold)
      for (const waiter of waiters) waiter.resolve()
    },
    failed(error): boolean {
      if (inFlight.opensTurn) {
        drop(error)
        return false
      }
      const kept = [...inFlight.entries, ...gathering.entries].filter(({ revocable }) => !revocable)
      const waiters = reset()
      for (const waiter of waiters) if (!waiter.patient) waiter.reject(error)
      const patient = waiters.filter((waiter) => waiter.patient)
      if (kept.length > 0) keep(kept, patient, error)
      else for (const waiter of patient) waiter.resolve()
      deps.onRevoked()
      return kept.length > 0
    },
  }

  /** Behind what is stored, in one piece; the turn's log says so once per outage. */
  const keep = (kept: Entry[], waiters: Waiter[], error: unknown): void => {
    const stored = deps.storedFold()
    const next = { id: stored.lastEventId + 1, turn: stored.turn, at: deps.now().toISOString() }
    const isNews = !failing && stored.opened !== null
    const said = kept.flatMap((entry) => entry.events)
    const events = isNews ? withOutageNotice(said, next, error) : renumber(said, next.id)
    const remembered = kept.flatMap((entry) => entry.remembered)
    const entries = [{ events, frames: events.map(encodeFrame), remembered, revocable: false }]
    failing = true
    newest = { ...newest, fold: events.reduce(foldEvent, stored) }
    inFlight = { ...inFlight, entries, waiters }
  }

  /** Back to what is stored. @returns who waited for the rest */
  const reset = (): Waiter[] => {
    const waiters = [...inFlight.waiters, ...gathering.waiters]
    const fold = deps.storedFold()
    newest = { ...newest, fold }
    inFlight = { ...emptyBatch(), segment: null, fold }
    gathering = emptyBatch()
    return waiters
  }

  const drop = (error: unknown): void => {
    const { turn } = newest.fold
    const waiters = reset()
    deps.onUnrecorded(turn)
    for (const waiter of waiters) waiter.reject(error)
  }

  const isEmpty = (): boolean => gathering.entries.length + inFlight.entries.length === 0

  return {
    newest: (): Newest => newest,
    isEmpty,
    /** The answer under a key that is on its way into the store. */
    remembered: (key: string): Remembered | undefined =>
      [...inFlight.entries, ...gathering.entries]
        .flatMap((entry) => entry.remembered)
        .find((answer) => answer.key === key),
    add(records: LogRecord[], { spool, remembered, revocable = false }: Extra): void {
      // Encoded before anything is changed: what cannot be written must leave no trace.
      let { fold } = newest
      // One for all of them: to write a time costs as much as to write an event.
      const arrival = arrivalAt(deps.now(), deps.approvalTimeoutMs)
      const events: Event[] = []
      for (const record of records) {
        const id = newest.fold.lastEventId + 1 + events.length
        const event = numberRecord(record, { id, opened: fold.opened }, arrival)
        events.push(event)
        fold = foldChange(fold, event)
      }
      fold = foldPlace(fold, events)
      const frames = events.map(encodeFrame)
      if (records.length === 0 && spool === undefined && remembered === undefined) return
      gathering.entries.push({ events, frames, remembered: remembered ? [remembered] : [], revocable })
      if (records.some((record) => record.kind === 'user')) gathering.opensTurn = true
      newest = { fold, spool: spool === undefined ? newest.spool : spool }
      deps.writer.request(pending)
    },
    discard(): void {
      for (const waiter of reset()) waiter.reject(new CodedError('session_not_found'))
    },
    stored(patient: boolean): Promise<void> {
      if (isEmpty()) return Promise.resolve()
      return new Promise((resolve, reject) => {
        gathering.waiters.push({ resolve, reject, patient })
        deps.writer.request(pending)
      })
    },
  }
}
