/** Where a recording stands, and whether it moves. Knows no clock but the one it is given, and no view. */
import { createStore } from '@xstate/store'
import { LIMITS } from '../../limits.ts'
import { stepAt, type Timeline } from './timeline.ts'

export const SPEEDS = [0.25, 1, 4, 16] as const

export type Player = ReturnType<typeof createPlayer>

type PlayerContext = { atMs: number; index: number; isPlaying: boolean; speed: number }

/** @param frame calls back before the next frame, with the time in ms */
export function createPlayer(
  timeline: Timeline,
  frame: (draw: (now: number) => void) => void,
  first: number,
) {
  const last = timeline.offsets.length - 1
  const at = (index: number): Pick<PlayerContext, 'atMs' | 'index'> => {
    const bounded = Math.min(Math.max(index, Math.min(0, last)), last)
    return { index: bounded, atMs: timeline.offsets[bounded] ?? 0 }
  }
  const store = createStore({
    context: { ...at(first), isPlaying: false, speed: 1 } as PlayerContext,
    on: {
      // Several can be due in the same millisecond: whoever steps wants each of them.
      stepped: (context, { index }: { index: number }) => ({ ...context, ...at(index), isPlaying: false }),
      scrubbed: (context, { atMs }: { atMs: number }) => ({
        ...context,
        ...{ atMs, index: Math.max(stepAt(timeline, atMs), Math.min(0, last)), isPlaying: false },
      }),
      moved: (context, { byMs }: { byMs: number }) => {
        const atMs = Math.min(context.atMs + byMs * context.speed, timeline.durationMs)
        const isOver = atMs >= timeline.durationMs
        return { ...context, atMs, index: stepAt(timeline, atMs), isPlaying: context.isPlaying && !isOver }
      },
      // Behind the end there is nothing: it begins anew.
      played: (context) => ({
        ...context,
        ...(context.atMs >= timeline.durationMs ? at(0) : {}),
        isPlaying: last > 0,
      }),
      paused: (context) => ({ ...context, isPlaying: false }),
      hurried: (context, { speed }: { speed: number }) => ({ ...context, speed }),
    },
  })

  let before: number | null = null
  let isDue = false
  const goOn = (): void => {
    if (isDue) return
    isDue = true
    frame(run)
  }
  const run = (now: number): void => {
    isDue = false
    if (!store.getSnapshot().context.isPlaying) {
      before = null
      return
    }
    // A page that slept goes on where it was.
    if (before !== null) store.trigger.moved({ byMs: Math.min(now - before, LIMITS.frameMaxMs) })
    before = now
    goOn()
  }
  return {
    store,
    timeline,
    step: (index: number): void => store.trigger.stepped({ index }),
    scrub: (atMs: number): void => store.trigger.scrubbed({ atMs }),
    hurry: (speed: number): void => store.trigger.hurried({ speed }),
    toggle(): void {
      if (store.getSnapshot().context.isPlaying) store.trigger.paused()
      else {
        store.trigger.played()
        goOn()
      }
    },
    pause: (): void => store.trigger.paused(),
  }
}
