/**
 * Follows a log: a cursor and a pump. Replay and live are the same code, so there is no hand-over to race.
 * A follower is a cursor and never a queue: one that is slow costs nothing but its own position.
 */
import type PQueue from 'p-queue'
import type { SessionState } from '../../machines/events.ts'
import { LIMITS } from '../limits.ts'
import { followPartials } from './follow-partials.ts'
import type { Segment } from './frames.ts'
import type { Log } from './log.ts'

export type Sink = {
  /** Takes the next events. False: no more until `resume()`. */
  write(segment: Segment): boolean
  /** The cursor reached the head for the first time. */
  caughtUp(lastEventId: number, state: SessionState): void
  /** Takes a frame of what is being written, for a sink that has caught up. False: no more until `resume()`. */
  partial?(frame: Buffer): boolean
  /** While the sink is not ready: how many more bytes have come to wait for it since it was full. */
  waiting?(bytes: number): void
  /** The log could not be read. Nothing more will come. */
  failed(error: unknown): void
}

/**
 * @param after the id of the last event that the sink has; -1 for none. Must not lie beyond the head.
 * @param replays pages from the store are read through this queue, so that many replays take turns and a live
 *   follower never waits for more than one page
 */
export function follow(log: Log, after: number, sink: Sink, replays: PQueue) {
  let cursor = after
  let ready = true
  let reading = false
  let stopped = false
  let caughtUp = false
  let seenBytes = log.shownBytes

  const deliver = (segment: Segment): void => {
    cursor = segment.last
    ready = sink.write(segment)
  }

  const readStore = async (): Promise<void> => {
    reading = true
    try {
      const segment = await replays.add(() => (stopped ? null : log.readStore(cursor, LIMITS.pageBytesMax)))
      reading = false
      if (stopped) return
      if (!segment) throw new Error(`no events behind ${cursor} in the store`)
      deliver(segment)
      // The event loop turns between two pages, so that those who are live go first.
      setImmediate(pump)
    } catch (error) {
      stop()
      sink.failed(error)
    }
  }

  const pump = (): void => {
    while (ready && !reading && !stopped) {
      const { lastEventId, state } = log.fold
      if (cursor >= lastEventId) {
        // The store may be ahead of what the log has been told is stored: then that is still to come.
        if (!caughtUp && cursor === lastEventId) {
          caughtUp = true
          sink.caughtUp(lastEventId, state)
        }
        if (cursor === lastEventId && writing) ready = writing.send()
        return
      }
      const segment = log.readTail(cursor, LIMITS.pageBytesMax)
      if (segment === null) void readStore()
      else deliver(segment)
    }
  }

  const onCommitted = (): void => {
    if (!ready) sink.waiting?.(log.shownBytes - seenBytes)
    seenBytes = log.shownBytes
    pump()
  }

  // One that has not caught up gets what is being written when it has.
  const onWritten = (): void => {
    if (caughtUp) pump()
  }

  const unsubscribe = log.onCommitted(onCommitted)
  const writing = sink.partial && followPartials(log.partials, sink.partial, onWritten)
  const stop = (): void => {
    stopped = true
    unsubscribe()
    writing?.stop()
  }

  return {
    /** Begins, and goes on after the sink was full. */
    resume(): void {
      ready = true
      pump()
    },
    stop,
    /** The id of the last event that was handed to the sink. */
    get cursor() {
      return cursor
    },
  }
}
