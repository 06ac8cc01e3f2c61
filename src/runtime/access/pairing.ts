/** One-use codes, by which somebody who is in lets a device in. They live in memory: a restart ends them. */
import { createHash, randomBytes } from 'node:crypto'
import { LIMITS } from '../limits.ts'

export type PairingCode = {
  /** To be typed or scanned: two groups of five. */
  code: string
  /** ISO 8601. */
  expiresAt: string
}

/** Crockford's base32: no letters that look like digits. https://www.crockford.com/base32.html */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 50 bits, for five minutes, behind a back-off. */
const CODE_CHARS = 10

/** As it may have been typed: in lower case, without the dash, with the letters that are taken for digits. */
const normalise = (given: string): string =>
  given.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0')

/** To find a code by its hash takes the same time for every wrong one. */
const hashOf = (code: string): string => createHash('sha256').update(code).digest('base64url')

export function createPairing({ now }: { now: () => Date }) {
  /** When each code ends, by its hash; the oldest first. */
  const codes = new Map<string, number>()

  return {
    /** A new code; with more than a few at once the oldest is void. */
    make(): PairingCode {
      // 256 is a multiple of 32: each letter is as likely as the others.
      const code = Array.from(randomBytes(CODE_CHARS), (byte) => ALPHABET[byte % 32]).join('')
      const end = now().getTime() + LIMITS.pairingMs
      codes.set(hashOf(code), end)
      for (const oldest of [...codes.keys()].slice(0, -LIMITS.pairingCodesMax)) codes.delete(oldest)
      return { code: `${code.slice(0, 5)}-${code.slice(5)}`, expiresAt: new Date(end).toISOString() }
    },
    /** Whether it is a code that can be used; it cannot be any more. */
    take(given: string): boolean {
      const hash = hashOf(normalise(given))
      const end = codes.get(hash)
      codes.delete(hash)
      return end !== undefined && now().getTime() < end
    },
  }
}
