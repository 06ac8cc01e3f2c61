import { describe, expect, test } from 'vitest'
import { createPlayer } from '../../../../src/web/inspect/state/player.ts'
import { createTimeline, stepAt } from '../../../../src/web/inspect/state/timeline.ts'
import { LIMITS } from '../../../../src/web/limits.ts'

const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString()
const { pauseShownMaxMs: PAUSE, stepShownMinMs: STEP } = LIMITS

describe('the time of a recording', () => {
  test('is what passed between the steps, but for long pauses and for none', () => {
    const times = [0, 100, 100, 600, 3_600_000].map(at)
    expect(createTimeline(times).offsets).toEqual([0, 100, 100 + STEP, 600 + STEP, 600 + STEP + PAUSE])
  })

  test('never falls, whatever a log has for times', () => {
    const { offsets } = createTimeline([at(1_000), at(0), 'x', at(5)])
    expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
    expect(createTimeline([])).toEqual({ offsets: [], durationMs: 0 })
  })

  test('says which step was the last at any moment', () => {
    const timeline = createTimeline([0, 100, 300].map(at))
    expect([-1, 0, 99, 100, 299, 300, 9_999].map((ms) => stepAt(timeline, ms))).toEqual([
      -1, 0, 0, 1, 1, 2, 2,
    ])
  })
})

describe('a player', () => {
  /** With frames that come when they are called for. */
  const start = (first = 0) => {
    let due: ((now: number) => void)[] = []
    const frame = (draw: (now: number) => void): void => void due.push(draw)
    const player = createPlayer(createTimeline([0, 100, 300, 600].map(at)), frame, first)
    return {
      ...player,
      now: () => player.store.getSnapshot().context,
      draw(ms: number): void {
        const all = due
        due = []
        for (const draw of all) draw(ms)
      },
      get frames() {
        return due.length
      },
    }
  }

  test('goes on with the time, as fast as it is told to, and stops at the end', () => {
    const player = start()
    player.hurry(4)
    player.toggle()
    player.draw(1_000)
    player.draw(1_025)
    expect(player.now()).toMatchObject({ index: 1, atMs: 100, isPlaying: true })
    player.draw(1_125)
    expect(player.now()).toMatchObject({ index: 2, atMs: 500, isPlaying: true })
    player.draw(1_225)
    expect(player.now()).toMatchObject({ index: 3, atMs: 600, isPlaying: false })
    player.draw(1_325)
    expect(player.frames).toBe(0)
  })

  test('that has no frames for a while, as in a page that sleeps, goes on where it was', () => {
    const player = start()
    player.toggle()
    player.draw(0)
    player.draw(3_600_000)
    expect(player.now()).toMatchObject({ atMs: LIMITS.frameMaxMs, isPlaying: true })
  })

  test('begins anew when it is played behind its end', () => {
    const player = start(3)
    player.toggle()
    expect(player.now()).toMatchObject({ index: 0, atMs: 0, isPlaying: true })
  })

  test('stands where somebody steps or scrubs to, and plays no longer', () => {
    const player = start()
    player.toggle()
    player.step(2)
    expect(player.now()).toMatchObject({ index: 2, atMs: 300, isPlaying: false })
    player.scrub(299)
    expect(player.now()).toMatchObject({ index: 1, atMs: 299 })
  })

  test('stays within what there is', () => {
    const player = start(99)
    expect(player.now().index).toBe(3)
    player.step(-5)
    expect(player.now().index).toBe(0)
  })

  test('of a recording without steps has nothing to play', () => {
    const player = createPlayer(createTimeline([]), () => {}, 0)
    player.toggle()
    expect(player.store.getSnapshot().context).toMatchObject({ index: -1, isPlaying: false })
  })

  test('is played by one frame at a time, however often it is stopped and started', () => {
    const player = start()
    for (let i = 0; i < 3; i++) player.toggle()
    expect(player.frames).toBe(1)
    player.draw(0)
    player.draw(50)
    expect(player.now().atMs).toBe(50)
  })

  test('stays where it is when more has come, and plays on into that', () => {
    const player = start(3)
    player.grow(createTimeline([0, 100, 300, 600, 700].map(at)))
    expect(player.now()).toMatchObject({ index: 3, atMs: 600 })
    player.toggle()
    player.draw(1_000)
    player.draw(1_100)
    expect(player.now()).toMatchObject({ index: 4, atMs: 700, isPlaying: false })
    player.grow(createTimeline([0].map(at)))
    expect(player.now().index).toBe(0)
  })
})
