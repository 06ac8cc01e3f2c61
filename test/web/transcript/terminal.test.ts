import { describe, expect, it } from 'vitest'
import { readTerminal } from '../../../src/web/transcript/terminal.ts'
import { cpuMs } from '../../support/cpu-ms.ts'

const textOf = (text: string): string =>
  readTerminal(text)
    .map((piece) => piece.text)
    .join('')

describe('a terminal', () => {
  it('has its sixteen colours by name, and all others as they are', () => {
    expect(readTerminal('a\u001b[1;31mb\u001b[0m\u001b[38;5;208mc\u001b[38;2;1;2;3md')).toEqual([
      { text: 'a', classes: '', color: null },
      { text: 'b', classes: 'ansi-red bold', color: null },
      { text: 'c', classes: '', color: 'rgb(255, 135, 0)' },
      { text: 'd', classes: '', color: 'rgb(1, 2, 3)' },
    ])
  })

  it('has its greys', () => {
    expect(readTerminal('\u001b[38;5;232ma')[0]!.color).toBe('rgb(8, 8, 8)')
  })

  it('hides nothing', () => {
    expect(readTerminal('\u001b[8msecret\u001b[0m')).toMatchObject([{ text: 'secret', classes: '' }])
  })

  it('shows what would move the cursor, and does not obey it', () => {
    expect(textOf('\u001b[2J\u001b[Ha\bb')).toBe('⟨U+001B⟩[2J⟨U+001B⟩[Ha⟨U+0008⟩b')
    expect(textOf('\u001b]8;;javascript:x\u0007link')).toBe('⟨U+001B⟩]8;;javascript:x⟨U+0007⟩link')
    expect(textOf('\u001b[31ma\u009b2Jb')).toBe('a⟨U+009B⟩2Jb')
  })

  it.each([
    ['10%\r20%\r\ndone', '20%\ndone'],
    ['abc\rX\r\r\n', 'Xbc\n'],
    ['a long one\r\u001b[Kshort', 'short'],
    ['a long one\u001b[2K\rshort', 'short'],
    ['abc\u001b[2Kd\rX', 'X  d'],
    ['\r\n\r\n', '\n\n'],
    ['👍b\ra', 'ab'],
    ['10%\r20%\u001b[2J', '20%⟨U+001B⟩[2J'],
    ['kept\u001b[K\nkept', 'kept\nkept'],
  ])('writes %j over as a terminal does', (text, expected) => {
    expect(textOf(text)).toBe(expected)
  })

  it('keeps the colours of letters that are written over, and those behind them', () => {
    expect(readTerminal('\u001b[31mabc\r\u001b[32mX\u001b[0m\nd')).toMatchObject([
      { text: 'X', classes: 'ansi-green' },
      { text: 'bc', classes: 'ansi-red' },
      { text: '\nd', classes: '' },
    ])
    expect(readTerminal('\u001b[31ma\nb\rc')).toMatchObject([{ text: 'a\nc', classes: 'ansi-red' }])
  })

  it('is quick with a progress that never ends', () => {
    for (const text of ['\u001b[1m10% \r'.repeat(50_000), `${'\u001b[1mx'.repeat(50_000)}\r`])
      expect(cpuMs(() => void readTerminal(text))).toBeLessThan(2_500)
  })

  it('shows what would turn the direction of writing', () => {
    expect(textOf('\u001b[31ma\u202eb')).toBe('a⟨U+202E⟩b')
  })

  it('takes markup for text', () => {
    expect(textOf('\u001b[31m<b>&amp;')).toBe('<b>&amp;')
  })
})
