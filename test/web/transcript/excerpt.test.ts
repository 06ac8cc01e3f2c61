import { describe, expect, it } from 'vitest'
import { ends, excerpt } from '../../../src/web/transcript/excerpt.ts'

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

describe('both ends', () => {
  it('are the first lines and the last, and the whole where nothing would be left out', () => {
    const { head, tail } = ends(LINES, { head: 1, tail: 2 })
    expect([head.text, tail?.text]).toEqual(['line 0', 'line 28\nline 29'])
    expect(ends(LINES, { head: 10, tail: 20 })).toMatchObject({ head: { text: LINES }, tail: null })
  })

  it('are bounded where there are lines as long as a file', () => {
    const long = Array.from({ length: 9 }, () => 'x'.repeat(100_000)).join('\n')
    const { head, tail } = ends(long, { head: 1, tail: 2 })
    expect(head.text.length + tail!.text.length).toBeLessThan(10_000)
    // All in one line: its beginning.
    expect(ends('x'.repeat(100_000), { head: 1, tail: 2 })).toMatchObject({
      tail: null,
      head: { isWhole: false },
    })
  })
})
