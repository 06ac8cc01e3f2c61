/** What a log hands to the writer in one piece. */
import type { Event } from '../../machines/events.ts'
import type { Remembered } from './store.ts'

export type Waiter = { resolve: () => void; reject: (error: unknown) => void; patient: boolean }

export type Batch = {
  /** Whether there is anything to store; waiters alone are none. */
  dirty: boolean
  events: Event[]
  /** The same, encoded. */
  frames: string[]
  remembered: Remembered[]
  opensTurn: boolean
  waiters: Waiter[]
}

export const emptyBatch = (): Batch => ({
  ...{ dirty: false, events: [], frames: [], remembered: [], opensTurn: false, waiters: [] },
})
export const joinBatches = (a: Batch, b: Batch): Batch => ({
  dirty: a.dirty || b.dirty,
  events: [...a.events, ...b.events],
  frames: [...a.frames, ...b.frames],
  remembered: [...a.remembered, ...b.remembered],
  opensTurn: a.opensTurn || b.opensTurn,
  waiters: [...a.waiters, ...b.waiters],
})
