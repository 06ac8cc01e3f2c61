/** What is blank in a text and long enough to push the rest out of sight, as words instead. Pure. */
import { countOf } from '../amounts.ts'

/** Text as it is, or what a blank stretch of it is called. */
export type Stretch = string | { blank: string }

/** Two blank lines and more; or blanks that fill most of a phone's line. Some characters are blank and no space. */
const BLANKS =
  /\n(?:[\t\p{Zs}\u2800\p{Default_Ignorable_Code_Point}]*\n){2,}|[\t\p{Zs}\u2800\p{Default_Ignorable_Code_Point}]{32,}/gu

/** @param text as it is shown: controls are visible in it already */
export function stretches(text: string): Stretch[] {
  const found: Stretch[] = []
  let at = 0
  for (const { 0: run, index } of text.matchAll(BLANKS)) {
    found.push(text.slice(at, index))
    at = index + run.length
    const lines = run.split('\n').length - 2
    if (lines > 0) found.push('\n', { blank: countOf(lines, 'blank line') }, '\n')
    else found.push({ blank: countOf(run.length, 'space') })
  }
  found.push(text.slice(at))
  return found.filter((stretch) => stretch !== '')
}
