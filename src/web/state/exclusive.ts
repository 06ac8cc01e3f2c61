/** One tab at a time, where the browser can say whose turn it is. */
import { LIMITS } from '../limits.ts'

/** Does it when no other tab does something of that name; a tab that is frozen in the middle is not waited for. */
export type Exclusive = <T>(name: string, act: () => Promise<T>) => Promise<T>

/** @param locks undefined: the browser has none, or not on this page */
export function createExclusive(prefix: string, locks: LockManager | undefined): Exclusive {
  return async (name, act) => {
    let result: ReturnType<typeof act> | undefined
    const once = (): ReturnType<typeof act> => {
      result ??= act()
      return result
    }
    try {
      await locks?.request(prefix + name, { signal: AbortSignal.timeout(LIMITS.lockWaitMs) }, once)
    } catch {
      // Not waited for any longer, or no locks to be had here.
    }
    return once()
  }
}
