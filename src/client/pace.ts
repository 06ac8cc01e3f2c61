/**
 * How long to wait before the next connection: not at all, or exponential back-off with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). Owns no timer.
 */

import { waitMsFirst, waitMsMax } from './limits.ts'

/** How a connection went. `delivered`: at least one byte of its stream came. `good`: it was worth having. */
type Outcome = { delivered: boolean; good: boolean; retryAfterMs: number }

type Pace = {
  /** How many waits in a row there were since something was delivered. */
  readonly attempt: number
  /** The wait before the next connection, now that one has ended. */
  waitMs(outcome: Outcome): number
  /** Someone knows that it is time: the network came back, the page is visible again. */
  reset(): void
}

/**
 * A good connection earns one reconnect without a wait, and so does the first that delivers anything. One that
 * only delivers a greeting and is closed earns none, or a server that does so for ever would be asked in a hot
 * loop; but it starts the back-off anew. What the server asks for may be longer than `backOffMsMax`.
 */
export function createPace(random: () => number, backOffMsMax = waitMsMax): Pace {
  let attempt = 0
  let mayGoAtOnce = true
  return {
    get attempt() {
      return attempt
    },
    waitMs({ delivered, good, retryAfterMs }) {
      if (delivered) attempt = 0
      if (good) mayGoAtOnce = true
      if (delivered && mayGoAtOnce) {
        mayGoAtOnce = false
        return 0
      }
      const jittered = random() * Math.min(backOffMsMax, waitMsFirst * 2 ** attempt)
      attempt += 1
      return Math.round(Math.min(waitMsMax, Math.max(jittered, retryAfterMs)))
    },
    reset() {
      attempt = 0
      mayGoAtOnce = true
    },
  }
}
