import { describe, expect, it } from 'vitest'
import { excerpt } from '../../../src/web/transcript/excerpt.ts'

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n')

describe('an excerpt', () => {
  it('is all of a short text', () => {
    expect(excerpt('a\nb\n\n', 12, 'start')).toEqual({ text: 'a\nb', lines: 2, shown: 2, isWhole: true })
  })

  it('is the first lines of a long one, or the last', () => {
    expect(excerpt(LINES, 2, 'start')).toEqual({
      text: 'line 0\nline 1',
      lines: 30,
      shown: 2,
      isWhole: false,
    })
    expect(excerpt(LINES, 2, 'end')).toMatchObject({ text: 'line 28\nline 29' })
  })

  it('cuts a line that is as long as a file', () => {
    const part = excerpt('x'.repeat(100_000), 12, 'start')
    expect(part).toMatchObject({ lines: 1, shown: 1, isWhole: false })
    expect(part.text.length).toBeLessThan(10_000)
  })

  it('cuts no character in two', () => {
    expect(excerpt(`a${'😀'.repeat(100_000)}`, 1, 'start').text.isWellFormed()).toBe(true)
  })
})
