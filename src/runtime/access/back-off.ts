/**
 * How long the next try to log in has to wait, after wrong ones: for all callers together, since an attacker has many
 * addresses. Nobody who is in needs to log in, so nobody who is in is kept out.
 */
import { CodedError } from '../errors.ts'
import { LIMITS } from '../limits.ts'

/** @param clockMs milliseconds of a clock that nobody sets */
export function createBackOff({ clockMs }: { clockMs: () => number }) {
  let failures = 0
  let failedAt = 0

  const waitMs = (): number => {
    const beyond = failures - LIMITS.loginFailuresFree
    if (beyond < 0) return 0
    return Math.min(LIMITS.loginWaitMsMax, LIMITS.loginWaitMs * 2 ** beyond)
  }

  return {
    /** @throws too_many_attempts, with the seconds to wait in `retryAfterS` */
    check(): void {
      const sinceMs = clockMs() - failedAt
      if (sinceMs >= LIMITS.loginForgetMs) failures = 0
      const leftMs = waitMs() - sinceMs
      if (leftMs <= 0) return
      const retryAfterS = Math.ceil(leftMs / 1_000)
      throw new CodedError('too_many_attempts', `Try again in ${retryAfterS} s`, { retryAfterS })
    },
    failed(): void {
      failures++
      failedAt = clockMs()
    },
    /** Somebody who is in vouches for the next try. */
    reset(): void {
      failures = 0
    },
  }
}
