/** How many turns run at once, over all sessions: one that finds no place waits for it, and may say so. */
import type PQueue from 'p-queue'

/**
 * A place among the turns that run.
 * @param options.mayWait false takes a place that there may not be: until one is free, more run than are allowed
 * @param options.onWait called when there is none yet
 * @returns how to give it back
 */
export function takeSlot(
  slots: PQueue,
  options: { mayWait: boolean; onWait: () => void },
): Promise<() => void> {
  const { mayWait, onWait } = options
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
    void slots.add(hold, { priority: mayWait ? 0 : 1 })
    if (!mayWait) resolve(give)
    else if (isFull) onWait()
  })
}
