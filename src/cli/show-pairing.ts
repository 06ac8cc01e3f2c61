/** How to pair a phone, as a terminal shows it. */
import { renderUnicodeCompact } from 'uqr'
import { visible } from '../runtime/visible.ts'

/** A link that lets one device in, and the code in it to type. */
export type Offer = { url: string; code: string; expiresAt: string }

/** What a scanner needs around the code. ISO/IEC 18004 wants 4; phones are content with half of it. */
const QUIET_MODULES = 2

/** @param isTerminal whether somebody can scan it: into a pipe goes what another program can use */
export function showPairing({ url, code, expiresAt }: Offer, isTerminal: boolean): string {
  const until = new Date(expiresAt).toLocaleTimeString()
  const text = `  pair a phone:  ${url}\n  or open        ${url.replace(/#.*/, '')} and enter ${code} (works once, until ${until})\n`
  return isTerminal ? `\n${qrOf(url)}\n${visible(text)}` : visible(text)
}

/** White on black, whatever colours the terminal has: not every scanner reads an inverted code. */
const qrOf = (text: string): string =>
  renderUnicodeCompact(text, { border: QUIET_MODULES })
    .split('\n')
    .map((line) => `  \x1b[97;40m${line}\x1b[0m\n`)
    .join('')
