/**
 * Which sessions are not what they were, for those who follow the lobby. One that changes all the time is told of now
 * and then, and its last change always. Knows ids, and nothing of what changed.
 */

export function createChanges({ restMs }: { restMs: number }) {
  const listeners = new Set<(id: string) => void>()
  /** What was told of a moment ago, and whether it has changed since. */
  const resting = new Map<string, { timer: NodeJS.Timeout; changed: boolean }>()

  const wake = (id: string): void => {
    const changed = resting.get(id)?.changed
    resting.delete(id)
    if (changed) tell(id)
  }

  const tell = (id: string): void => {
    clearTimeout(resting.get(id)?.timer)
    resting.set(id, { timer: setTimeout(wake, restMs, id), changed: false })
    for (const listener of [...listeners]) listener(id)
  }

  return {
    /** Call when the session can be seen as it is now: whoever is told looks at once. */
    note(id: string, { atOnce }: { atOnce: boolean }): void {
      if (listeners.size === 0) return
      const rest = resting.get(id)
      if (rest === undefined || atOnce) tell(id)
      else rest.changed = true
    },
    /** Calls back with the id of each session that has changed. @returns how to end that */
    onChange(listener: (id: string) => void): () => void {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        for (const { timer } of resting.values()) clearTimeout(timer)
        resting.clear()
      }
    },
  }
}
