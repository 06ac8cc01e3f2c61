/** Where a recording stands, and whether it moves. Knows no clock but the one it is given, and no view. */
import { createStore } from '@xstate/store'
import { LIMITS } from '../../limits.ts'
import { stepAt, type Timeline } from './timeline.ts'

export const SPEEDS = [0.25, 1, 4, 16] as const

export type Player = ReturnType<typeof createPlayer>

type PlayerContext = {
  timeline: Timeline
  atMs: number
  index: number
  isPlaying: boolean
  speed: number
}

/** @param frame calls back before the next frame, with the time in ms */
export function createPlayer(
  timeline: Timeline,
  frame: (draw: (now: number) => void) => void,
  first: number,
) {
  const store = createStore({
    context: { timeline, ...placeAt(timeline, first), isPlaying: false, speed: 1 } as PlayerContext,
    on: {
      // Several can be due in the same millisecond: whoever steps wants each of them.
      stepped: (context, { index }: { index: number }) => ({
        ...{ ...context, ...placeAt(context.timeline, index), isPlaying: false },
      }),
      scrubbed: (context, { atMs }: { atMs: number }) => ({
        ...{ ...context, atMs, index: bound(context.timeline, stepAt(context.timeline, atMs)) },
        isPlaying: false,
      }),
      moved: (context, { byMs }: { byMs: number }) => {
        const { durationMs } = context.timeline
        const atMs = Math.min(context.atMs + byMs * context.speed, durationMs)
        const isPlaying = context.isPlaying && atMs < durationMs
        return { ...context, atMs, index: stepAt(context.timeline, atMs), isPlaying }
      },
      // Behind the end there is nothing: it begins anew.
      played: (context) => ({
        ...context,
        ...(context.atMs >= context.timeline.durationMs ? placeAt(context.timeline, 0) : {}),
        isPlaying: context.timeline.offsets.length > 1,
      }),
      paused: (context) => ({ ...context, isPlaying: false }),
      hurried: (context, { speed }: { speed: number }) => ({ ...context, speed }),
      // What is looked at stays, and so does what is played.
      grown: (context, { timeline }: { timeline: Timeline }) => ({
        ...{ ...context, timeline, index: bound(timeline, context.index) },
      }),
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
    /** The turn runs, and more of it has come. */
    grow: (timeline: Timeline): void => store.trigger.grown({ timeline }),
  }
}

/** There is no step before the first; in an empty one, there is none at all. */
const bound = ({ offsets }: Timeline, index: number): number =>
  Math.min(Math.max(index, 0), offsets.length - 1)

function placeAt(timeline: Timeline, index: number): Pick<PlayerContext, 'atMs' | 'index'> {
  const bounded = bound(timeline, index)
  return { index: bounded, atMs: timeline.offsets[bounded] ?? 0 }
}
