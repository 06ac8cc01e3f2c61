/** How many turns run at once, over all sessions: one that finds no place waits for it, and may say so. */
import type PQueue from 'p-queue'

/**
 * A place among the turns that run.
 * @param onWait called when there is none yet
 * @returns how to give it back
 */
export function takeSlot(slots: PQueue, onWait: () => void): Promise<() => void> {
  return new Promise((resolve) => {
    const mustWait = slots.pending >= slots.concurrency
    void slots.add(() => new Promise<void>((release) => resolve(release)))
    if (mustWait) onWait()
  })
}
