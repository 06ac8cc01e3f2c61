/** Waiting, but not for ever: what takes too long is a miss that says what was waited for. */
import { setTimeout as sleep } from 'node:timers/promises'

/** Against hangs, on a machine that does much else besides: no measure of speed. */
export const HANG_MS = 30_000

/** @throws when `work` is not done in time; it goes on all the same, and what it throws then is nobody's business */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`after ${ms / 1_000} s still waiting for ${what}`)), ms)
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** For what tells nobody when it happens, such as the end of somebody else's process. */
export async function until(ms: number, what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + ms
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`after ${ms / 1_000} s still waiting for ${what}`)
    await sleep(20)
  }
}
