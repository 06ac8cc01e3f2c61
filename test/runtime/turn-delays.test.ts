import { expect, test } from 'vitest'
import { turnDelays } from '../../src/runtime/turn-delays.ts'

const CLOCKS = { turnTimeoutMs: 9_000, stallNoticeMs: 300, stallKillMs: null, killGraceMs: 1_000 }

test('a turn that begins has all its time, and half the grace for each of the first two rungs', () => {
  expect(turnDelays(CLOCKS)).toMatchObject({
    ...{ turnTimeoutMs: 9_000, elapsedMs: 0, stallNoticeMs: 300, stallKillMs: null },
    ...{ interruptGraceMs: 500, terminateGraceMs: 500 },
  })
})

test('a turn that is gone on with has what is left of its time', () => {
  expect(turnDelays(CLOCKS, { runMs: 4_000, stopMs: 0 })).toMatchObject({ elapsedMs: 4_000 })
})

test.for([
  [200, 300, 500],
  [500, 0, 500],
  [800, 0, 200],
  [5_000, 0, 0],
])(
  'a turn that has been stopped for %i ms has %i and %i ms left on the ladder',
  ([stopMs, first, second]) => {
    expect(turnDelays(CLOCKS, { runMs: 0, stopMs: stopMs! })).toMatchObject({
      ...{ interruptGraceMs: first, terminateGraceMs: second },
    })
  },
)
