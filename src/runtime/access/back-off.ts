/**
 * How long the next try to log in has to wait, after wrong ones: at the address that they came from, and after many more
 * at all of them, since an attacker has many addresses. Nobody who is in needs to log in, so nobody who is in is kept out.
 */
import { CodedError } from '../errors.ts'
import { LIMITS } from '../limits.ts'

/** @param clockMs milliseconds of a clock that nobody sets */
export function createBackOff({ clockMs }: { clockMs: () => number }) {
  let ofAll = createWait(clockMs, LIMITS.loginFailuresOfAllFree)
  /** Those that failed last; of one that is forgotten too early, the failures of all still know. */
  const byAddress = new Map<string, Wait>()

  return {
    /** @throws too_many_attempts, with the seconds to wait in `retryAfterS` */
    check(address: string): void {
      const leftMs = Math.max(ofAll.leftMs(), byAddress.get(address)?.leftMs() ?? 0)
      if (leftMs <= 0) return
      const retryAfterS = Math.ceil(leftMs / 1_000)
      throw new CodedError('too_many_attempts', `Try again in ${retryAfterS} s`, { retryAfterS })
    },
    failed(address: string): void {
      const own = byAddress.get(address) ?? createWait(clockMs, LIMITS.loginFailuresFree)
      byAddress.delete(address)
      byAddress.set(address, own)
      for (const oldest of [...byAddress.keys()].slice(0, -LIMITS.loginAddressesMax)) byAddress.delete(oldest)
      own.failed()
      ofAll.failed()
    },
    /** Somebody who is in vouches for the next try. */
    reset(): void {
      ofAll = createWait(clockMs, LIMITS.loginFailuresOfAllFree)
      byAddress.clear()
    },
  }
}

type Wait = ReturnType<typeof createWait>

/** @param free how many failures cost nothing */
function createWait(clockMs: () => number, free: number) {
  let failures = 0
  let failedAt = 0
  const waitMs = (): number =>
    failures < free ? 0 : Math.min(LIMITS.loginWaitMsMax, LIMITS.loginWaitMs * 2 ** (failures - free))

  return {
    leftMs(): number {
      const sinceMs = clockMs() - failedAt
      if (sinceMs >= LIMITS.loginForgetMs) failures = 0
      return waitMs() - sinceMs
    },
    failed(): void {
      failures++
      failedAt = clockMs()
    },
  }
}
