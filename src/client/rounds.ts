/**
 * An attachment goes round and round: a connection, a wait, a connection. Owns the two ways to end
 * a round from outside, `again` and `stop`; knows nothing of what happens within one.
 */

const againReason = new Error('asked to reconnect')

export type Rounds = {
  readonly stopped: boolean
  /** From here on the caller's signal stops the rounds. */
  begin(): void
  /** Ends the round before, whatever is left of it, and starts one. */
  next(): AbortController
  /** Ends the current round; the next one is not to wait. */
  again(): void
  /** Ends the current round; there is no other. */
  stop(): void
}

export function createRounds(signal: AbortSignal | undefined): Rounds {
  let stopped = false
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
    again: () => round.abort(againReason),
    stop,
  }
}

/** Whether the round ended because of `again`. */
export function wasAskedAgain(round: AbortController): boolean {
  return round.signal.reason === againReason
}

/** Resolves after `ms`, or as soon as the round ends. */
export function pause(ms: number, { signal }: AbortController): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const finish = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish)
  })
}
