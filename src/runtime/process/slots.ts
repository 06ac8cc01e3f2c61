/** How many turns run at once, over all sessions: one that finds no place waits for it, and may say so. */
import type PQueue from 'p-queue'

/**
 * A place among the turns that run.
 * @param options.mayWait false takes a place that there may not be: until one is free, more run than are allowed
 * @param options.onWait called when there is none yet
 * @param options.signal aborted when it is not wanted any more: what waits no longer does so
 * @returns how to give it back; null when it was aborted before there was one
 */
export function takeSlot(
  slots: PQueue,
  options: { mayWait: boolean; onWait: () => void; signal: AbortSignal },
): Promise<(() => void) | null> {
  const { mayWait, onWait, signal } = options
  return new Promise((resolve) => {
    let release = (): void => {}
    let released = false
    const isFull = slots.pending >= slots.concurrency
    const hold = (): Promise<void> =>
      new Promise((done) => {
        if (released) return done()
        release = done
        resolve(give)
      })
    const give = (): void => {
      released = true
      release()
    }
    // Before all that wait: it runs already.
    slots.add(hold, { priority: mayWait ? 0 : 1, signal }).catch(() => resolve(null))
    if (!mayWait) resolve(give)
    else if (isFull) onWait()
  })
}
