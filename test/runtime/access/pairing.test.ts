import { expect, test } from 'vitest'
import { createPairing } from '../../../src/runtime/access/pairing.ts'
import { givenAccess } from './given.ts'

const MINUTE_MS = 60_000

test('a code can be read out, and is another one each time', () => {
  const pairing = createPairing(givenAccess())
  const codes = Array.from({ length: 100 }, () => pairing.make().code)
  for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/)
  expect(new Set(codes).size).toBe(100)
})

test('a code lets in once', () => {
  const pairing = createPairing(givenAccess())
  const { code } = pairing.make()
  expect([pairing.take(code), pairing.take(code)]).toEqual([true, false])
})

test('a code lets in until it expires, and not in that moment', () => {
  const given = givenAccess()
  const pairing = createPairing(given)
  const [first, second] = [pairing.make(), pairing.make()]
  expect(first.expiresAt).toBe('2026-11-22T12:05:00.000Z')
  given.pass(5 * MINUTE_MS - 1)
  expect(pairing.take(first.code)).toBe(true)
  given.pass(1)
  expect(pairing.take(second.code)).toBe(false)
})

test('a code is taken as people type it', () => {
  const pairing = createPairing(givenAccess())
  const variants: ((code: string) => string)[] = [
    (code) => code.toLowerCase(),
    (code) => code.replace('-', ''),
    (code) => ` ${code.replace('-', ' ')}\n`,
    (code) => code.replaceAll('0', 'o').replaceAll('1', 'l'),
    (code) => code.replaceAll('0', 'O').replaceAll('1', 'I'),
  ]
  // Until both digits were among them, which are typed as letters.
  for (let seen = ''; !/0.*1|1.*0/.test(seen); ) {
    for (const variant of variants) {
      const { code } = pairing.make()
      seen += code
      expect([code, pairing.take(variant(code))]).toEqual([code, true])
    }
  }
})

test('what is no code lets nobody in', () => {
  const pairing = createPairing(givenAccess())
  pairing.make()
  for (const given of ['', '-', '00000-00000', 'x'.repeat(200), '__proto__'])
    expect(pairing.take(given)).toBe(false)
})

test('of more codes than a few the oldest are void', () => {
  const pairing = createPairing(givenAccess())
  const codes = Array.from({ length: 12 }, () => pairing.make().code)
  expect(codes.map(pairing.take)).toEqual([false, false, ...Array(10).fill(true)])
})
