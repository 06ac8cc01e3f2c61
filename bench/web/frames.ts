/** How even the frames are while a list is scrolled. */

/** Milliseconds between each two of them. */
export type Frames = number[]

/** A frame of a screen with 60 a second, and what a clock may be off. */
const FRAME_MS = 1_000 / 60 + 1

/** Of a script that runs in the page: up for 300 frames from the middle, and down again. */
export const listenForFrames = (stepPx: number): string => `new Promise((done) => {
  const rows = document.querySelector('.rows')
  rows.scrollTop = rows.scrollHeight / 2
  const frames = []
  let count = -30
  let last = performance.now()
  const onFrame = (now) => {
    if (count > 0) frames.push(now - last)
    last = now
    if (count >= 0) rows.scrollTop += count < 300 ? -${stepPx} : ${stepPx}
    if (++count > 600) done(frames)
    else requestAnimationFrame(onFrame)
  }
  requestAnimationFrame(onFrame)
})`

export function summarize(frames: Frames): string {
  const sorted = frames.toSorted((a, b) => a - b)
  const at = (share: number): string => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(0)
  const even = sorted.filter((time) => time <= FRAME_MS).length / sorted.length
  return `${(even * 100).toFixed(0)} % of frames in time; p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, worst ${at(1)} ms`
}
