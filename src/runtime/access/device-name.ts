/** What a device may be called: it stands in logs, lists and terminals, and says who did something. */
import { LIMITS } from '../limits.ts'

/** What `by` of an event, or an audit's caller, means otherwise. */
const TAKEN = ['agent', 'cancel', 'deadline', 'delete', 'nobody', 'server', 'terminal', 'token']

/**
 * A name without control and formatting characters, of bounded length, that means nothing else and nobody else has.
 * @param names those of the other devices
 */
export function nameDevice(given: string, names: readonly string[]): string {
  const visible = given
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Z}]+/gu, ' ')
    .trim()
  const name = [...visible].slice(0, LIMITS.deviceNameCharsMax).join('').trim() || 'device'
  const taken = new Set([...TAKEN, ...names].map((other) => other.toLowerCase()))
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name} ${number}`
    if (!taken.has(candidate.toLowerCase())) return candidate
  }
}
