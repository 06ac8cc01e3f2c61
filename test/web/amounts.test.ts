import { describe, expect, it } from 'vitest'
import { bytesText, costText, countOf, countText } from '../../src/web/amounts.ts'

describe('amounts', () => {
  it.each([
    [999, '999'],
    [1_200, '1.2k'],
    [54_321, '54k'],
    [2_500_000, '2.5M'],
  ])('of %d tokens are %s', (count, text) => expect(countText(count)).toBe(text))

  it.each([
    [12, '12 bytes'],
    [262_144, '256 KiB'],
    [3_355_443, '3.2 MiB'],
  ])('of %d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text))

  it.each([
    [0, ''],
    [0.001, '<$0.01'],
    [1.239, '$1.24'],
  ])('of %d dollars are %s', (usd, text) => expect(costText(usd)).toBe(text))

  it('count in the plural', () => {
    expect([countOf(1, 'line'), countOf(1_200, 'line'), countOf(2, 'process', 'processes')]).toEqual([
      ...['1 line', '1,200 lines', '2 processes'],
    ])
  })
})
