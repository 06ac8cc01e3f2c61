/**
 * An attachment goes round and round: a connection, a wait, a connection. Owns the ways to end a round
 * from outside, `again`, `rest` and `stop`; knows nothing of what happens within one.
 */

const againReason = new Error('asked to reconnect')

export type Rounds = {
  readonly stopped: boolean
  /** There is to be no round before `again`. */
  readonly resting: boolean
  /** From here on the caller's signal stops the rounds. */
  begin(): void
  /** Ends the round before, whatever is left of it, and starts one. */
  next(): AbortController
  /** Ends the current round; the next one is not to wait. */
  again(): void
  /** Ends the current round; the next one is that which `again` begins. */
  rest(): void
  /** Ends the current round; there is no other. */
  stop(): void
}

export function createRounds(signal: AbortSignal | undefined): Rounds {
  let stopped = false
  let resting = false
  let round = new AbortController()
  const stop = () => {
    stopped = true
    // The caller's signal may live as long as a page, this attachment need not.
    signal?.removeEventListener('abort', stop)
    round.abort()
  }
  return {
    get stopped() {
      return stopped
    },
    get resting() {
      return resting
    },
    begin() {
      if (signal?.aborted) stop()
      else if (!stopped) signal?.addEventListener('abort', stop)
    },
    next() {
      round.abort()
      round = new AbortController()
      if (stopped) round.abort()
      return round
    },
    again: () => {
      resting = false
      round.abort(againReason)
    },
    // Asked to reconnect as well, only not now: neither is a failure.
    rest: () => {
      resting = true
      round.abort(againReason)
    },
    stop,
  }
}

/** Whether the round ended because of `again`. */
export function wasAskedAgain(round: AbortController): boolean {
  return round.signal.reason === againReason
}

/** Resolves after `ms`, or as soon as the round ends; without `ms`, not before it does. */
export function pause(ms: number | undefined, { signal }: AbortController): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = ms === undefined ? undefined : setTimeout(finish, ms)
    signal.addEventListener('abort', finish)
  })
}
