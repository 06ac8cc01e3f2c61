/**
 * What a terminal would print, as pieces of text with their colours. Of its escape sequences the colours are obeyed, and
 * what writes a line anew, as progress does; all others, and whatever else moves the cursor, are shown.
 */
import Anser from 'anser'
import { visible } from '../visible.ts'
import { overwritten } from './overwritten.ts'

export type Piece = {
  text: string
  /** Classes of the stylesheet: `fg-red`, `bold` … */
  classes: string
  /** A colour beyond the sixteen that have names, as CSS has it; null: none. */
  color: string | null
}

/** An escape that begins anything but a colour. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const NO_COLOR = /\x1b(?!\[[\d;]*m)/g
/** Anything that could be one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const ESCAPE = /[\x1b\x9b]/

export function readTerminal(text: string): Piece[] {
  const lines = overwritten(text)
  if (!ESCAPE.test(lines)) return [{ text: visible(lines), classes: '', color: null }]
  return Anser.ansiToJson(lines.replace(NO_COLOR, visible), {
    use_classes: true,
    remove_empty: true,
    json: true,
  }).map(({ content, fg, fg_truecolor, decorations }) => ({
    text: visible(content),
    classes: [
      ...(/^ansi-(?!palette|truecolor)/.test(fg ?? '') ? [fg] : []),
      ...decorations.filter((name) => SHOWN.has(name)),
    ].join(' '),
    color: colorOf(fg ?? '', fg_truecolor),
  }))
}

/** What hides or blinks is not obeyed, and backgrounds would make some text unreadable. */
const SHOWN = new Set(['bold', 'dim', 'italic', 'underline', 'strikethrough'])

function colorOf(fg: string, truecolor: string): string | null {
  if (fg === 'ansi-truecolor') return `rgb(${truecolor})`
  const index = Number(/^ansi-palette-(\d+)$/.exec(fg)?.[1] ?? Number.NaN)
  if (Number.isNaN(index)) return null
  if (index >= 232)
    return `rgb(${Array(3)
      .fill(8 + (index - 232) * 10)
      .join(', ')})`
  const cube = index - 16
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40)
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level).join(', ')})`
}
