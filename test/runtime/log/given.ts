/** Records, events and logs for the tests of the log. */
import type { Event, LogRecord } from '../../../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent } from '../../../src/machines/fold.ts'
import { encodeFrame, eventTexts, type Segment } from '../../../src/runtime/log/frames.ts'
import { createLog, type Log } from '../../../src/runtime/log/log.ts'
import type { Append, SessionRow } from '../../../src/runtime/log/store.ts'
import { createWriter, type Writer } from '../../../src/runtime/log/writer.ts'
import { createMemoryStore, type MemoryStore } from '../../support/memory-store.ts'

const AT = '2026-11-22T10:00:00.000Z'

export const text = (words: string, turn = 1): LogRecord => ({ kind: 'text', text: words, block: 0, turn })
export const user = (words: string, turn = 1): LogRecord => ({ kind: 'user', text: words, turn })
export const turnStart = (turn = 1): LogRecord => ({ kind: 'turn_start', agent: 'shell', model: null, turn })
export const turnEnd = (turn = 1): LogRecord => ({
  kind: 'turn_end',
  outcome: 'completed',
  exitCode: 0,
  signal: null,
  survivors: 0,
  turn,
})
export const queued = (promptId: string, position = 1, turn = 1): LogRecord => ({
  ...{ kind: 'queued', promptId, text: `prompt ${promptId}`, position, turn },
})

/** In the order in which events travel. */
export const event = (id: number, record: LogRecord = text(`event ${id}`)): Event =>
  Object.assign({ id, at: AT, kind: record.kind, turn: record.turn }, record)

/** The events `first` to `last`, as a log encodes them. */
export function segment(first: number, last: number, words = 'x'): Segment {
  const ids = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  return { first, last, frames: Buffer.from(ids.map((id) => encodeFrame(event(id, text(words)))).join('')) }
}

export const eventsOf = (part: Segment | null): Event[] =>
  part === null ? [] : eventTexts(part).map((json) => JSON.parse(json))

export const idsOf = (part: Segment | null): number[] => eventsOf(part).map(({ id }) => id)

export const sessionRow = (id: string, change: Partial<SessionRow> = {}): SessionRow => ({
  ...{ id, agent: 'shell', model: null, title: null, archived: false, workspace: `/srv/${id}` },
  ...{
    ownsWorkspace: true,
    permissionMode: 'ask',
    allowedAfter: -1,
    createdAt: AT,
    updatedAt: AT,
    fold: EMPTY_FOLD,
    spool: null,
  },
  ...change,
})

/** An append of these records behind a head, as a log makes it. */
export function appendOf(row: SessionRow, records: LogRecord[], change: Partial<Append> = {}): Append {
  const head = row.fold.lastEventId
  const events = records.map((record, index) => event(head + 1 + index, record))
  return {
    sessionId: row.id,
    expectedHead: head,
    segment:
      events.length === 0
        ? null
        : {
            first: head + 1,
            last: head + events.length,
            frames: Buffer.from(events.map(encodeFrame).join('')),
          },
    fold: events.reduce(foldEvent, row.fold),
    spool: null,
    remembered: [],
    at: AT,
    ...change,
  }
}

export type OpenLog = {
  log: Log
  store: MemoryStore
  writer: Writer
  unrecorded: number[]
  faults: unknown[]
}

/** A log over a store in memory; `now` moves a second with each look at it. */
export async function openLog(store = createMemoryStore(), sessionId = 'session'): Promise<OpenLog> {
  await store.create(sessionRow(sessionId))
  const row = (await store.get(sessionId)) as SessionRow
  const writer = createWriter(store, { retryMs: 1 })
  const unrecorded: number[] = []
  const faults: unknown[] = []
  let clock = Date.parse(AT) / 1_000
  const deps = {
    ...{ store, writer },
    now: () => new Date(clock++ * 1_000),
    approvalTimeoutMs: 60_000,
    onUnrecorded: (turn: number) => void unrecorded.push(turn),
    onFault: (error: unknown) => void faults.push(error),
  }
  const log = createLog(deps, { sessionId, fold: row.fold, spool: row.spool })
  return { log, store, writer, unrecorded, faults }
}

/** Everything that a store holds of a session. */
export const storedIds = async (store: MemoryStore, id = 'session'): Promise<number[]> =>
  idsOf(await store.read(id, -1, Number.POSITIVE_INFINITY))

/** The ids that clients may see, from memory. */
export const shownIds = (log: Log): number[] => idsOf(log.readTail(-1, Number.POSITIVE_INFINITY))

/** A log with one turn open: its first commit is behind it. */
export async function openTurn(): Promise<OpenLog> {
  const opened = await openLog()
  opened.log.append([user('hi'), turnStart()])
  await opened.log.durable()
  return opened
}
