/** One sleeper and many who may wake it. A wake-up that comes while it is awake is kept: none is missed. */

export function createWakeup() {
  let woken: { polled: boolean } | null = null
  let sleeper: ((polled: boolean) => void) | null = null
  return {
    wake(polled: boolean): void {
      if (sleeper === null) {
        woken = { polled: polled || (woken?.polled ?? false) }
        return
      }
      const resolve = sleeper
      sleeper = null
      resolve(polled)
    },
    /** @returns whether a poll was among what woke it */
    wait(): Promise<boolean> {
      if (woken !== null) {
        const { polled } = woken
        woken = null
        return Promise.resolve(polled)
      }
      return new Promise((resolve) => {
        sleeper = resolve
      })
    },
  }
}
