/** Follows a log from a program: the same cursor and pump that serve a phone, as an async iterable of events. */
import type PQueue from 'p-queue'
import type { Event } from '../../machines/events.ts'
import { follow } from './follow.ts'
import { eventTexts, type Segment } from './frames.ts'
import type { Log } from './log.ts'

/**
 * Every event behind a cursor, in order, each once; then those that come. One page is read ahead and no more.
 * @param options.after the id of the last event that is known; -1 for none
 * @param options.signal ends it
 * @throws what the store says when it cannot be read
 */
export async function* followEvents(
  log: Log,
  options: { after?: number; replays: PQueue; signal?: AbortSignal },
): AsyncGenerator<Event> {
  const { after = -1, replays, signal } = options
  let page: Segment | null = null
  let failure: { error: unknown } | null = null
  let wake = (): void => {}
  const follower = follow(
    log,
    after,
    {
      write(segment) {
        page = segment
        wake()
        // One at a time: the next is taken when this one is used up.
        return false
      },
      caughtUp() {},
      failed(error) {
        failure = { error }
        wake()
      },
    },
    replays,
  )
  const onAbort = (): void => wake()
  signal?.addEventListener('abort', onAbort)
  try {
    while (!signal?.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve
      })
      follower.resume()
      await woken
      if (failure !== null) throw (failure as { error: unknown }).error
      if (page === null) continue
      const texts: string[] = eventTexts(page)
      page = null
      for (const text of texts) yield JSON.parse(text)
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    follower.stop()
  }
}
