/** Goes on trying while files or memory are short: that passes, and says nothing of the turn. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LIMITS } from '../limits.ts'
import { isShortage } from './unreadable.ts'

/**
 * @param work may be begun again at any time
 * @returns undefined when it was detached before
 * @throws what else goes wrong
 */
export async function patiently<T>(
  deps: { isDetached(): boolean; onFault(error: unknown): void },
  work: () => Promise<T>,
): Promise<T | undefined> {
  while (!deps.isDetached()) {
    try {
      return await work()
    } catch (error) {
      if (!isShortage(error)) throw error
      deps.onFault(error)
      await sleep(LIMITS.shortageRetryMs, undefined, { ref: false })
    }
  }
  return undefined
}
