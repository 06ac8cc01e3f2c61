/** The server's one secret: a token for programs. Made at the first start, readable by its owner alone. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { readNamedFile, readOwnFile } from '../runtime/own-files.ts'

/** A made one has 43. */
const CHARS_MIN = 32

/** What a header can carry, and nobody guesses. */
export const isToken = (text: string): boolean => new RegExp(`^[!-~]{${CHARS_MIN},}$`).test(text)

export const TOKEN_IS = `${CHARS_MIN} or more characters of printable ASCII without spaces`

/**
 * @param options.isNamed whether it lies where the operator wants it, and not in the data directory
 * @returns what the file holds; a new 256-bit token when there is none
 * @throws when others may read it, or it holds anything else
 */
export function loadToken(file: string, { isNamed = false } = {}): string {
  const known = (isNamed ? readNamedFile : readOwnFile)(file)?.trim()
  if (known === undefined) {
    const token = randomBytes(32).toString('base64url')
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' })
    return token
  }
  if (!isToken(known)) throw new Error(`${file} holds no token: ${TOKEN_IS}`)
  return known
}

/** @returns whether an Authorization header carries the token; takes the same time for every wrong one */
export function createBearerCheck(token: string): (header: string | undefined) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  const expected = digest(token)
  return (header) => {
    const match = /^Bearer ([!-~]+)$/i.exec(header ?? '')
    // Digests, because timingSafeEqual throws when the lengths differ.
    return match !== null && timingSafeEqual(digest(match[1]!), expected)
  }
}
