/** What a log hands to the writer in one piece. */
import type { Event } from '../../machines/events.ts'
import type { Remembered } from './store.ts'

export type Waiter = { resolve: () => void; reject: (error: unknown) => void; patient: boolean }

/** What was added in one call. */
export type Entry = {
  events: Event[]
  /** The same, encoded. */
  frames: string[]
  remembered: Remembered[]
  /** Dropped when it cannot be stored at the first try: whoever wanted it is told so, and nobody else needs it. */
  revocable: boolean
}

export type Batch = {
  /** Nothing to store when there are none; one without events may have moved the spool on. */
  entries: Entry[]
  opensTurn: boolean
  waiters: Waiter[]
}

export const emptyBatch = (): Batch => ({ entries: [], opensTurn: false, waiters: [] })
export const joinBatches = (a: Batch, b: Batch): Batch => ({
  entries: [...a.entries, ...b.entries],
  opensTurn: a.opensTurn || b.opensTurn,
  waiters: [...a.waiters, ...b.waiters],
})
