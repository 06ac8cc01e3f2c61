/** How much an agent says: whether it is more than it may, and whether it says anything at all. */
import { outputBytes } from './run-directory.ts'

export type VolumeListener = {
  outputBytesMax: number
  /** Called once, when the agent has said more than that. */
  onOverflow(bytes: number): void
  /** Called when there is more of the agent's output than at the last look: on stderr, too, or half a line. */
  onHeard(): void
}

/** Looks at what is in the run's directory, read or not. */
export function watchVolume(dir: string, { outputBytesMax, onHeard, onOverflow }: VolumeListener) {
  let last = 0
  const total = (): number => {
    try {
      const { out, err } = outputBytes(dir)
      last = out + err
    } catch {
      // It cannot be told now. This runs in a timer: a throw would end the server.
    }
    return last
  }
  let heard = total()
  let overflowed = false
  const checkLimit = (): void => {
    const bytes = overflowed ? 0 : total()
    if (bytes <= outputBytesMax) return
    overflowed = true
    onOverflow(bytes)
  }
  return {
    checkLimit,
    check(): void {
      const bytes = total()
      if (bytes !== heard) onHeard()
      heard = bytes
      checkLimit()
    },
  }
}
