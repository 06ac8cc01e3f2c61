/** How much of what is being written one follower was sent: per unfinished block, a number of code units. */
import type { Partials } from './partials.ts'

/** What will never be finished, though the follower has some of it. */
const GONE = -1

/** @param write takes a frame. False: no more for now. */
export function followPartials(partials: Partials, write: (frame: Buffer) => boolean, wake: () => void) {
  const sent = new Map<number, number>()
  let turn = 0

  const stop = partials.onChange((gone) => {
    for (const block of gone) if (sent.has(block)) sent.set(block, GONE)
    wake()
  })

  return {
    /** Sends what was added. Only for a follower that has every event, and is ready. @returns whether it still is */
    send(): boolean {
      const { shown } = partials
      if (shown.turn !== turn) {
        // With a turn's end it is plain that nothing more will come of it.
        sent.clear()
        turn = shown.turn
      }
      for (const [block, units] of sent) {
        if (shown.blocks.some((part) => part.block === block)) continue
        sent.delete(block)
        if (units === GONE && !write(partials.goneFrame(block))) return false
      }
      for (const part of shown.blocks) {
        // One that is gone and there again begins anew: its offset 0 says so.
        const more = partials.frame(part, Math.max(0, sent.get(part.block) ?? 0))
        if (more === null) continue
        sent.set(part.block, more.end)
        if (!write(more.frame)) return false
      }
      return true
    },
    stop,
  }
}
