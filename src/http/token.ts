/** The server's one secret: a token for programs. Made at the first start, readable by its owner alone. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

/** @returns what the file holds; null when there is none */
export function readToken(file: string): string | null {
  try {
    const token = readFileSync(file, 'utf8').trim()
    // What a header cannot carry could never be given back.
    if (!/^[!-~]+$/.test(token)) throw new Error(`${file} holds no token of printable ASCII without spaces`)
    return token
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return null
  }
}

/** @returns what the file holds; a new 256-bit token when there is none */
export function loadToken(file: string): string {
  const known = readToken(file)
  if (known !== null) return known
  const token = randomBytes(32).toString('base64url')
  writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' })
  return token
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
