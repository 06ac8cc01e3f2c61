import { expect, it } from 'vitest'
import { createRowPace } from '../../../src/web/views/row-pace.ts'

const ROW_PX = 100

it('calls it too fast when more passes by in a frame than a frame has time to make', () => {
  let clock = 0
  const pace = createRowPace(() => clock)
  const move = (top: number, ms: number): boolean => {
    clock += ms
    pace.move(top)
    return pace.isTooFast(ROW_PX)
  }
  const make = (ms: number): void => {
    for (let count = 0; count < 50; count++) {
      pace.begin(2)
      clock += ms * 2
      pace.end()
    }
    pace.move(0)
  }
  make(1)
  expect(move(1_500, 17)).toBe(false)
  make(4)
  expect(move(500, 17)).toBe(true)
  // A late frame has moved further, and is no faster.
  expect(move(1_100, 33)).toBe(false)
  expect(move(1_100, 17)).toBe(false)
})
