/**
 * What is on its way into a log: numbered and encoded, but not stored yet, and so not to be seen. Gathers records
 * until the writer takes them, keeps them while they are written, and knows what becomes of them when that fails.
 */
import type { Event, LogRecord } from '../../machines/events.ts'
import { foldEvent, type SessionFold } from '../../machines/fold.ts'
import { CodedError } from '../errors.ts'
import { emptyBatch, joinBatches, type Waiter } from './batch.ts'
import { encodeFrame, type Segment } from './frames.ts'
import { withOutageNotice } from './outage.ts'
import type { Append, Remembered } from './store.ts'
import type { Pending, Writer } from './writer.ts'

/** The newest of everything, stored or not. */
export type Newest = { fold: SessionFold; spool: unknown }

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
      if (!batch.dirty) {
        for (const waiter of batch.waiters) waiter.resolve()
        return null
      }
      const head = deps.storedFold().lastEventId
      const { fold, spool } = newest
      const segment =
        batch.frames.length === 0
          ? null
          : { first: head + 1, last: fold.lastEventId, frames: Buffer.from(batch.frames.join('')) }
      inFlight = { ...batch, segment, fold }
      return {
        sessionId: deps.sessionId,
        expectedHead: head,
        ...{ segment, fold, spool },
        remembered: batch.remembered,
        at: deps.now().toISOString(),
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
      if (!failing && deps.storedFold().opened !== null) noteOutage(error)
      failing = true
      const { waiters } = inFlight
      inFlight = { ...inFlight, waiters: waiters.filter((waiter) => waiter.patient) }
      for (const waiter of waiters) if (!waiter.patient) waiter.reject(error)
      return true
    },
  }

  const noteOutage = (error: unknown): void => {
    const stored = deps.storedFold()
    const next = { id: stored.lastEventId + 1, turn: stored.turn, at: deps.now().toISOString() }
    const events = withOutageNotice([...inFlight.events, ...gathering.events], next, error)
    inFlight = { ...inFlight, dirty: true, events, frames: events.map(encodeFrame) }
    gathering = { ...gathering, events: [], frames: [] }
    newest = { ...newest, fold: events.reduce(foldEvent, stored) }
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

  /** Gives a record what it is to have of the clock and of the log. */
  const number = (record: LogRecord, { lastEventId, opened }: SessionFold): Event => {
    const now = deps.now().getTime()
    const event: Event = { ...record, id: lastEventId + 1, at: new Date(now).toISOString() }
    if (event.kind === 'turn_end')
      event.durationMs = opened === null ? 0 : Math.max(0, now - Date.parse(opened.at))
    if (event.kind === 'approval') {
      const { approvalTimeoutMs } = deps
      event.expiresAt = approvalTimeoutMs === null ? null : new Date(now + approvalTimeoutMs).toISOString()
    }
    return event
  }

  return {
    newest: (): Newest => newest,
    /** The answer under a key that is on its way into the store. */
    remembered: (key: string): Remembered | undefined =>
      [...inFlight.remembered, ...gathering.remembered].find((answer) => answer.key === key),
    add(records: LogRecord[], extra: { spool?: unknown; remembered?: Remembered }): void {
      // Encoded before anything is changed: what cannot be written must leave no trace.
      let { fold } = newest
      const events: Event[] = []
      for (const record of records) {
        const event = number(record, fold)
        events.push(event)
        fold = foldEvent(fold, event)
      }
      for (const frame of events.map(encodeFrame)) gathering.frames.push(frame)
      gathering.events.push(...events)
      if (records.some((record) => record.kind === 'user')) gathering.opensTurn = true
      newest = { ...newest, fold }
      if (extra.remembered) gathering.remembered.push(extra.remembered)
      if (extra.spool !== undefined) newest = { ...newest, spool: extra.spool }
      if (records.length === 0 && extra.spool === undefined && extra.remembered === undefined) return
      gathering.dirty = true
      deps.writer.request(pending)
    },
    discard(): void {
      for (const waiter of reset()) waiter.reject(new CodedError('session_not_found'))
    },
    stored(patient: boolean): Promise<void> {
      if (!gathering.dirty && !inFlight.dirty) return Promise.resolve()
      return new Promise((resolve, reject) => {
        gathering.waiters.push({ resolve, reject, patient })
        deps.writer.request(pending)
      })
    },
  }
}
