/**
 * Attaches to a session's event stream and stays attached. Owns the public shape and its defaults;
 * the loop itself is follow.ts.
 */

import { redirectMode } from './answer.ts'
import { type AttachStatus, follow } from './follow.ts'
import type { AttachItem } from './items.ts'
import { frameBytesMaxDefault, idleTimeoutMsDefault, timerMsMax } from './limits.ts'
import { createRounds } from './rounds.ts'

export type AttachOptions = {
  /** Sent as `Authorization: Bearer`. A page with the login cookie leaves it out. */
  token?: string | undefined
  /** The newest id the caller has already; none, or -1: from the beginning. */
  lastEventId?: number | undefined
  /** Ends the iteration quietly, also while it waits. */
  signal?: AbortSignal | undefined
  fetch?: typeof globalThis.fetch | undefined
  /** A connection on which no byte (keepalives count) came for this long is dead. Default 45,000. */
  idleTimeoutMs?: number | undefined
  /** A frame longer than this ends the attachment with `frame_too_large`. Default 64 MiB. */
  frameBytesMax?: number | undefined
  /** Told of every change of state. What it throws is swallowed. */
  onStatus?: ((status: AttachStatus) => void) | undefined
  /** From 0 to 1, for the jitter. Default Math.random. */
  random?: (() => number) | undefined
  /** A monotonic clock in ms. Default performance.now. */
  now?: (() => number) | undefined
}

/** A session's stream, to be iterated once. */
export type Attachment = AsyncIterable<AttachItem, void, undefined> & {
  /**
   * Drops the connection, or the wait for the next one, and connects at once with the cursor. For a page that
   * comes back into view: iOS kills sockets without telling, so what looks open may be long dead.
   */
  reconnect(): void
}

/**
 * Follows the session whose events URL is `url` (`http://host:port/api/sessions/ID/events`; no cursor in it):
 * the events after `lastEventId`, then what happens live. Connects with the first `next()`, reconnects on its
 * own, and reads no faster than it is iterated. Leaving the loop closes the connection.
 *
 * Throws TypeError or RangeError at once for a URL, token or cursor that can never work; the iteration throws
 * AttachError when the server refuses for good (any 4xx but 408 and 429, an answer that is no event stream, a
 * redirect that would carry the token away) or breaks the contract twice at the same place.
 */
export function attach(url: string, options: AttachOptions = {}): Attachment {
  const { token, lastEventId = -1, signal, onStatus } = options
  if (!Number.isSafeInteger(lastEventId) || lastEventId < -1) {
    throw new RangeError(`lastEventId is ${lastEventId}, not an integer from -1`)
  }
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
      lastEventId,
      idleTimeoutMs,
      redirect: redirectMode(token),
      timeoutMs: idleTimeoutMs,
      frameBytesMax: options.frameBytesMax ?? frameBytesMaxDefault,
      fetch: options.fetch ?? globalThis.fetch,
      random: options.random ?? Math.random,
      now: options.now ?? (() => performance.now()),
      onStatus: (status) => tellSafely(onStatus, status),
    },
    rounds,
  )
  const iterator: AsyncIterator<AttachItem, void, undefined> = {
    next: () => items.next(),
    // A generator's own return() waits for the next() in flight, which may be hours away.
    return: () => {
      rounds.stop()
      return items.return()
    },
  }
  return { reconnect: rounds.again, [Symbol.asyncIterator]: () => iterator }
}

/** Neither a throw nor, from an async callback, a rejection gets out. */
function tellSafely(onStatus: AttachOptions['onStatus'], status: AttachStatus) {
  new Promise((resolve) => resolve(onStatus?.(status))).catch(() => {})
}
