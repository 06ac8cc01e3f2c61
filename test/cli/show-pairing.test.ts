import { expect, test } from 'vitest'
import { showPairing } from '../../src/cli/show-pairing.ts'

const ESC = '\x1b'
const pairing = {
  url: 'https://breakglass.example/pair#K7QF2-9XMTD',
  code: 'K7QF2-9XMTD',
  expiresAt: '2026-11-22T12:05:00.000Z',
}

test('a terminal is shown a square of blocks, white on black whatever its own colours', () => {
  const lines = showPairing(pairing, true).split('\n')
  const blocks = lines.filter((line) => line.includes(ESC))
  // 29 modules (version 3) with a margin of 2 on each side; two to a line.
  expect(blocks).toHaveLength(17)
  for (const line of blocks) expect(line).toMatch(new RegExp(`^ {2}${ESC}\\[97;40m[ █▀▄]{33}${ESC}\\[0m$`))
  expect(lines.join('\n')).toContain(pairing.url)
})

test('what is no terminal gets text alone, with the address to type and the code apart', () => {
  const text = showPairing(pairing, false)
  for (const drawn of [ESC, '█']) expect(text).not.toContain(drawn)
  expect(text).toContain('https://breakglass.example/pair#K7QF2-9XMTD\n')
  expect(text).toContain('https://breakglass.example/pair and enter K7QF2-9XMTD ')
})

test('a terminal obeys nothing of it', () => {
  const hostile = { ...pairing, code: `A${ESC}[2J`, url: `http://evil.example/pair#\u009b1m\u202e` }
  for (const isTerminal of [true, false]) {
    const text = showPairing(hostile, isTerminal)
    expect(text.replaceAll(new RegExp(`${ESC}\\[(97;40|0)m`, 'g'), '')).not.toMatch(
      /(?!\n)\p{Cc}|\p{Bidi_Control}/u,
    )
  }
})
