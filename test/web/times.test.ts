import { describe, expect, it } from 'vitest'
import { ageText, dayText, durationText } from '../../src/web/times.ts'

describe('times', () => {
  it.each([
    [400, '<1 s'],
    [-5, '<1 s'],
    [59_999, '59 s'],
    [61_000, '1 min 1 s'],
    [3_660_000, '1 h 1 min'],
  ])('tell %d ms as %s', (ms, text) => expect(durationText(ms)).toBe(text))

  it('say days as somebody would', () => {
    const now = new Date(2026, 0, 1, 0, 30)
    expect(dayText(new Date(2026, 0, 1, 0, 10).toISOString(), now)).toBe('Today')
    expect(dayText(new Date(2025, 11, 31, 23, 50).toISOString(), now)).toBe('Yesterday')
    expect(dayText(new Date(2025, 11, 1).toISOString(), now)).toContain('1')
  })

  it('tell an age by its largest unit', () => {
    const minute = 60_000
    const ages = [0, minute - 1, minute, 59 * minute, 60 * minute, 23 * 60 * minute, 49 * 60 * minute]
    expect(ages.map(ageText)).toEqual(['now', 'now', '1 min', '59 min', '1 h', '23 h', '2 d'])
  })
})
