import { expect, test } from 'vitest'
import { parseCursor } from '../../src/http/cursor.ts'

test('no cursor is from the beginning', () => {
  expect(parseCursor(undefined)).toBe(-1)
})

test('decimal digits are the id of the last event that is known', () => {
  expect(['0', '7', '007', '9007199254740991'].map(parseCursor)).toEqual([0, 7, 7, 9_007_199_254_740_991])
})

test('digits beyond all ids are a cursor ahead of every log, and not a small one', () => {
  for (const digits of ['9'.repeat(17), '9'.repeat(400)]) expect(parseCursor(digits)).toBeGreaterThan(2 ** 53)
})

test('nothing else is a cursor, and none of it means zero', () => {
  const texts = ['', ' ', '-1', '+1', '1.0', '1e3', '0x1', ' 1', '1 ', '1\n', '٣', 'null', 'NaN', '1,2']
  for (const given of [...texts, null, 0, 7, true, [], ['1'], ['1', '2'], {}])
    expect(() => parseCursor(given), JSON.stringify(given)).toThrow(
      expect.objectContaining({ code: 'bad_cursor' }),
    )
})
