/**
 * What following any stream has in common for a caller: its options and their defaults, and an iterable that can be
 * told to reconnect. The loop itself is follow.ts; what the stream says is its course.
 */

import { redirectMode } from './answer.ts'
import { type Course, follow, type StreamStatus } from './follow.ts'
import { frameBytesMaxDefault, idleTimeoutMsDefault, timerMsMax, waitMsMax } from './limits.ts'
import { createRounds } from './rounds.ts'

export type FollowOptions<Status> = {
  /** Sent as `Authorization: Bearer`. A page with the login cookie leaves it out. */
  token?: string | undefined
  /** Ends the iteration quietly, also while it waits. */
  signal?: AbortSignal | undefined
  fetch?: typeof globalThis.fetch | undefined
  /** A connection on which no byte (keepalives count) came for this long is dead. Default 45,000. */
  idleTimeoutMs?: number | undefined
  /** A frame longer than this ends the attachment with `frame_too_large`. Default 64 MiB. */
  frameBytesMax?: number | undefined
  /** Told of every change of state. What it throws is swallowed. */
  onStatus?: ((status: Status) => void) | undefined
  /** Told whenever anything comes, keepalives too. What it throws is swallowed. */
  onHeard?: (() => void) | undefined
  /** From 0 to 1, for the jitter. Default Math.random. */
  random?: (() => number) | undefined
  /** The longest wait between two tries that the server has not asked for. Default 30,000. */
  backOffMsMax?: number | undefined
  /** A monotonic clock in ms. Default performance.now. */
  now?: (() => number) | undefined
}

/** A stream, to be iterated once. */
export type Following<Item> = AsyncIterable<Item, void, undefined> & {
  /**
   * Drops the connection, or the wait for the next one, and connects at once, from where it was. For a page that
   * comes back into view: iOS kills sockets without telling, so what looks open may be long dead.
   */
  reconnect(): void
  /**
   * Drops the connection, and makes none before `reconnect`. For a page that is out of sight: a browser has six
   * connections to a server without TLS, for all its tabs.
   */
  rest(): void
}

/**
 * Connects with the first `next()`, reconnects on its own, and reads no faster than it is iterated. Leaving the loop
 * closes the connection. Throws TypeError at once for a URL or token that can never work.
 */
export function createFollowing<Item extends { type: string }>(
  url: string,
  course: Course<Item>,
  options: FollowOptions<StreamStatus>,
): Following<Item> {
  const { token, signal, onStatus, onHeard } = options
  const headers: Record<string, string> = { Accept: 'text/event-stream' }
  if (token !== undefined) headers.Authorization = `Bearer ${token}`
  // To fetch, a malformed URL or header is a failure like any other, and would be retried for ever.
  new Request(url, { headers })

  const idleTimeoutMs = Math.min(options.idleTimeoutMs ?? idleTimeoutMsDefault, timerMsMax)
  const rounds = createRounds(signal)
  const items = follow(
    {
      url,
      headers,
      idleTimeoutMs,
      redirect: redirectMode(token),
      timeoutMs: idleTimeoutMs,
      frameBytesMax: options.frameBytesMax ?? frameBytesMaxDefault,
      fetch: options.fetch ?? globalThis.fetch,
      random: options.random ?? Math.random,
      backOffMsMax: options.backOffMsMax ?? waitMsMax,
      now: options.now ?? (() => performance.now()),
      onStatus: (status) => tellSafely(() => onStatus?.(status)),
      onHeard: () => tellSafely(() => onHeard?.()),
    },
    course,
    rounds,
  )
  const iterator: AsyncIterator<Item, void, undefined> = {
    next: () => items.next(),
    // A generator's own return() waits for the next() in flight, which may be hours away.
    return: () => {
      rounds.stop()
      return items.return()
    },
  }
  return { reconnect: rounds.again, rest: rounds.rest, [Symbol.asyncIterator]: () => iterator }
}

/** Neither a throw nor, from an async callback, a rejection gets out. */
function tellSafely(tell: () => unknown) {
  new Promise((resolve) => resolve(tell())).catch(() => {})
}
