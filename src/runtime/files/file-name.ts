/** What a file may be called in a session's folder: a name that no shell, terminal or agent takes for anything else. */
import { LIMITS } from '../limits.ts'

/** NAME_MAX of Linux. 100 characters can be 300 bytes. */
const BYTES_MAX = 255

/**
 * A name made safe: the last part of a path, well-formed Unicode in NFC, without control and formatting characters
 * (which could reverse what is shown), not beginning with a dot (hidden) or a dash (an option), and not too long.
 * A safe name stays as it is.
 * @returns null when nothing is left
 */
export function cleanFileName(given: string): string | null {
  const visible = given
    .toWellFormed()
    .normalize('NFC')
    .replace(/^.*[/\\]/s, '')
    .replace(/[\p{Zs}\p{Zl}\p{Zp}\t\n\v\f\r]/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/ +/g, ' ')
    // Once more: what stood apart may meet now.
    .normalize('NFC')
    .replace(/^[ .-]+/, '')
  return shorten(trimEnd(visible), '')
}

/** The name of the `number`th file that would be called so: `name-2.ext`. */
export const numberFileName = (name: string, number: number): string =>
  number === 1 ? name : shorten(name, `-${number}`)!

/** The name with `suffix` before its extension, which is kept when the rest has to be cut. */
function shorten(name: string, suffix: string): string | null {
  const extension = /(?<=.)\.[^. ]{1,16}$/su.exec(name)?.[0] ?? ''
  const characters = [...name.slice(0, name.length - extension.length)].slice(0, LIMITS.fileNameCharsMax)
  for (;;) {
    const stem = trimEnd(characters.join(''))
    if (stem === '') return null
    const whole = stem + suffix + extension
    if (whole.length <= LIMITS.fileNameCharsMax && Buffer.byteLength(whole) <= BYTES_MAX) return whole
    characters.pop()
  }
}

/** By hand: a regular expression that looks for an end begins anew at each character of a long run. */
function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && ' .'.includes(text[end - 1]!)) end--
  return text.slice(0, end)
}
