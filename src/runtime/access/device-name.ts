/** What a device may be called: it stands in logs, lists and terminals, and says who did something. */
import { LIMITS } from '../limits.ts'

/** What `by` of an event, or an audit's caller, means otherwise. */
const TAKEN = ['agent', 'cancel', 'deadline', 'delete', 'nobody', 'server', 'terminal', 'token']

/** What obeys, formats or separates, or is drawn as nothing; U+2800 is a Braille pattern without dots. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]+/gu

/** A word of Latin letters with others among them that look the same: `tоken`. https://unicode.org/reports/tr39/ */
const LOOKALIKE = mixing('Cyrillic', 'Greek', 'Armenian', 'Cherokee', 'Coptic', 'Lisu')

function mixing(...scripts: string[]): RegExp {
  const others = scripts.map((script) => `\\p{Script=${script}}`).join('')
  const [latin, other, word] = ['\\p{Script=Latin}', `[${others}]`, '[\\p{L}\\p{M}\\p{N}]*']
  return new RegExp(`${latin}${word}${other}|${other}${word}${latin}`, 'u')
}

/**
 * A name that shows all that is in it, of bounded length, that means nothing else and nobody else has.
 * @param names those of the other devices
 */
export function nameDevice(given: string, names: readonly string[]): string {
  const visible = given.toWellFormed().normalize('NFKC').replace(UNSEEN, ' ').trim()
  const shown = LOOKALIKE.test(visible)
    ? ''
    : [...visible].slice(0, LIMITS.deviceNameCharsMax).join('').trim()
  const name = shown || 'device'
  const taken = new Set([...TAKEN, ...names].map((other) => other.toLowerCase()))
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name} ${number}`
    if (!taken.has(candidate.toLowerCase())) return candidate
  }
}
