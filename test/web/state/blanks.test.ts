import { expect, it } from 'vitest'
import { stretches } from '../../../src/web/state/blanks.ts'
import { extentText } from '../../../src/web/state/extent-text.ts'
import { cpuMs } from '../../support/cpu-ms.ts'

it.each<[string, ReturnType<typeof stretches>]>([
  ['df -h\n\nls', ['df -h\n\nls']],
  ['a\n\n\nb', ['a', '\n', { blank: '2 blank lines' }, '\n', 'b']],
  ['a\n \t\n\u3000\n\n  b', ['a', '\n', { blank: '3 blank lines' }, '\n', '  b']],
  [`a${' '.repeat(31)}b`, [`a${' '.repeat(31)}b`]],
  [`a${' '.repeat(2_000)}; b`, ['a', { blank: '2,000 spaces' }, '; b']],
  ['', []],
])('says of %j what is blank', (text, expected) => {
  expect(stretches(text)).toEqual(expected)
})

it.each(['\u3164', '\u2800', '\u200d', '\ufe0f', '\u00a0'])('takes %j for as blank as it looks', (blank) => {
  expect(stretches(`a${`\n${blank}`.repeat(9)}\nb`)).toContainEqual({ blank: '9 blank lines' })
  expect(stretches(`a${blank.repeat(40)}b`)).toContainEqual({ blank: '40 spaces' })
})

it('leaves out nothing that is not blank', () => {
  const text = `a\n\n\n\n${' '.repeat(50)}b\n\t\n\n c${'\t'.repeat(40)}d`
  const rest = stretches(text).filter((stretch) => typeof stretch === 'string')
  expect(rest.join('').replace(/\s/g, '')).toBe('abcd')
})

it('is quick with whatever it is given', () => {
  for (const part of [' ', '\n', '\n ', ' \n\t', '\n a'])
    expect(cpuMs(() => void stretches(part.repeat(100_000)))).toBeLessThan(1_000)
})

it.each([
  ['Bash', { command: 'ls' }, ''],
  ['Bash', { command: 'ls && df\n' }, '2 commands'],
  ['Bash', { command: 'cat <<E\na\nE' }, '3 lines'],
  ['Bash', { command: `df -h${'\n'.repeat(60)}rm -rf /srv` }, '2 commands · 61 lines'],
  ['Bash', null, ''],
  ['Write', { command: 'a\nb' }, ''],
])('of %s with %j there is “%s”', (tool, input, expected) => {
  expect(extentText(tool, input)).toBe(expected)
})
