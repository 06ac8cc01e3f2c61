import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanFileName, numberFileName } from '../../../src/runtime/files/file-name.ts'
import { cpuMs } from '../../support/cpu-ms.ts'

const isSafe = (name: string): boolean =>
  name.length >= 1 &&
  name.length <= 100 &&
  Buffer.byteLength(name) <= 255 &&
  name.isWellFormed() &&
  name === name.normalize('NFC') &&
  !/[/\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name) &&
  !/^[ .-]|[ .]$/.test(name)

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  fc
    .array(
      fc.constantFrom(
        ...[
          '.',
          '-',
          '/',
          '\\',
          ' ',
          '\0',
          '\r\n',
          '\u202e',
          'e',
          '\u0301',
          '\u200d',
          '\ud83d',
          '🧯',
          '漢',
          '.png',
        ],
      ),
      { maxLength: 200 },
    )
    .map((parts) => parts.join('')),
)

test('any string gives a safe name or none', () => {
  fc.assert(
    fc.property(hostile, (given) => {
      const name = cleanFileName(given)
      if (name !== null && !isSafe(name)) throw new Error(JSON.stringify(name))
    }),
    { numRuns: 5_000 },
  )
})

test('a safe name stays as it is', () => {
  fc.assert(
    fc.property(hostile, (given) => {
      const name = cleanFileName(given)
      if (name !== null) expect(cleanFileName(name)).toBe(name)
    }),
    { numRuns: 5_000 },
  )
})

test('a numbered name is safe, and another than any other number gives', () => {
  fc.assert(
    fc.property(hostile, (given) => {
      const name = cleanFileName(given)
      if (name === null) return
      const numbered = [1, 2, 9, 10, 499, 500].map((number) => numberFileName(name, number))
      for (const each of numbered) expect(isSafe(each) && cleanFileName(each) === each).toBe(true)
      expect(new Set(numbered).size).toBe(numbered.length)
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['photo.png', 'photo.png'],
  ['../../etc/passwd', 'passwd'],
  ['a/../../b', 'b'],
  ['C:\\fakepath\\x.png', 'x.png'],
  ['.bashrc', 'bashrc'],
  ['--help', 'help'],
  ['-.- x', 'x'],
  ['nul\0.png', 'nul.png'],
  ['a\r\nContent-Type: x', 'a Content-Type: x'],
  ['  two   words\t.txt ', 'two words.txt'],
  ['invoice\u202egnp.exe', 'invoicegnp.exe'],
  ['cafe\u0301.txt', 'café.txt'],
  ['half \ud83d', 'half \ufffd'],
  ['$(reboot);`id` & "x\'.txt', '$(reboot);`id` & "x\'.txt'],
  [`${'x'.repeat(5_000)}.tar`, `${'x'.repeat(96)}.tar`],
  ['🧯'.repeat(200), '🧯'.repeat(50)],
  [`${'漢'.repeat(200)}.png`, `${'漢'.repeat(83)}.png`],
  [`x.${'y'.repeat(5_000)}`, `x.${'y'.repeat(98)}`],
])('%j is called %j', (given, name) => {
  expect(cleanFileName(given)).toBe(name)
})

test.each(['', '.', '..', '../..', '/', 'a/', '\0', '\u202e', ' . - ', '\r\n'])('%j is no name', (given) => {
  expect(cleanFileName(given)).toBeNull()
})

test('a name as long as a header may be takes no time', () => {
  for (const run of ['.', ' .', '/', '\0 ', 'x', '漢'])
    for (const given of [run.repeat(100_000), `x${run.repeat(100_000)}x`])
      expect(cpuMs(() => void cleanFileName(given))).toBeLessThan(500)
})

test('a name that is taken is numbered before its extension', () => {
  expect(numberFileName('a.tar.gz', 1)).toBe('a.tar.gz')
  expect(numberFileName('a.tar.gz', 2)).toBe('a.tar-2.gz')
  expect(numberFileName('README', 12)).toBe('README-12')
  expect(numberFileName(`${'x'.repeat(96)}.tar`, 2)).toBe(`${'x'.repeat(94)}-2.tar`)
})
