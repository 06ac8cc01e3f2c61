/**
 * Timers that fire when they are told to, in vitest and without it: those of what runs in here. What else goes on
 * meanwhile (a connection of another property's is given up) waits by the clock, as ever.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

type Timer = { at: number; fire: () => void }

export type FakeTimers = Pick<ReturnType<typeof createTimers>, 'count' | 'advance'>

/** Until `act` is done, `setTimeout` and `clearTimeout` of all that it sets off are ours. */
export async function withFakeTimers<T>(act: (timers: FakeTimers) => Promise<T>): Promise<T> {
  const { setTimeout, clearTimeout } = globalThis
  const timers = createTimers()
  const inside = new AsyncLocalStorage<true>()
  Object.assign(globalThis, {
    setTimeout: (...args: Parameters<typeof timers.set>) =>
      inside.getStore() ? timers.set(...args) : setTimeout(...args),
    clearTimeout: (timer: Timer & NodeJS.Timeout) => timers.delete(timer) || clearTimeout(timer),
  })
  try {
    return await inside.run(true, () => act(timers))
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout })
  }
}

function createTimers() {
  const waiting = new Set<Timer>()
  let now = 0
  return {
    get count() {
      return waiting.size
    },
    /** Fires what is due by then, in order. */
    advance(ms: number): void {
      now += ms
      for (const timer of [...waiting].sort((a, b) => a.at - b.at)) {
        if (timer.at > now || !waiting.delete(timer)) continue
        timer.fire()
      }
    },
    set(callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): Timer {
      const timer = { at: now + ms, fire: () => callback(...args), unref: () => timer, ref: () => timer }
      waiting.add(timer)
      return timer
    },
    /** @returns whether it was one of these */
    delete: (timer: Timer): boolean => waiting.delete(timer),
  }
}
