/** Timers that fire when they are told to: in vitest and without it. What else waits is not touched. */
type Timer = { at: number; fire: () => void }

export type FakeTimers = ReturnType<typeof fakeTimers>

/** From here on `setTimeout` and `clearTimeout` are ours. */
export function fakeTimers() {
  const { setTimeout, clearTimeout } = globalThis
  const waiting = new Set<Timer>()
  let now = 0

  const set = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): Timer => {
    const timer = { at: now + ms, fire: () => callback(...args), unref: () => timer, ref: () => timer }
    waiting.add(timer)
    return timer
  }
  Object.assign(globalThis, { setTimeout: set, clearTimeout: (timer: Timer) => void waiting.delete(timer) })

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
    restore(): void {
      Object.assign(globalThis, { setTimeout, clearTimeout })
    },
  }
}
