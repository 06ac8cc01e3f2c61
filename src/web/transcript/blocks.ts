/**
 * Markdown as a list of top-level blocks, by marked's lexer. While it is being written only its end is read anew, and
 * blocks before it stay the objects that they were. Nothing is ever rendered as HTML, and no input makes it throw.
 */
import { Lexer, type Token } from 'marked'
import { heal } from './heal.ts'

export type Blocks = {
  /** Null: too long, or nested too deep, for anything but plain text. */
  tokens: readonly Token[] | null
  /** So much of the text, as so many tokens, does not change any more. */
  settled: { text: string; tokens: readonly Token[] }
}

/** Beyond this it is plain text: the lexer's worst cases grow with the square. */
const MARKDOWN_CHARS_MAX = 50_000
const NOTHING = { text: '', tokens: [] }

/** @param before what this function said of an earlier state of the same text */
export function readBlocks(text: string, isWriting: boolean, before: Blocks | null): Blocks {
  if (text.length > MARKDOWN_CHARS_MAX) return { tokens: null, settled: NOTHING }
  if (!isWriting) return { tokens: lex(text), settled: NOTHING }
  const known = before?.settled ?? NOTHING
  const settled = text.startsWith(known.text) ? known : NOTHING
  const rest = text.slice(settled.text.length)
  const fresh = lex(rest)
  if (fresh === null) return { tokens: null, settled: NOTHING }
  const firm = countFirm(fresh)
  const firmText = fresh.slice(0, firm).reduce((all, { raw }) => all + raw, '')
  // The lexer may rewrite what it read (tabs, line ends): then nothing can be left out next time.
  const isExact = rest.startsWith(firmText)
  const loose = isExact ? (lex(heal(rest.slice(firmText.length))) ?? fresh.slice(firm)) : fresh.slice(firm)
  const tokens = [...settled.tokens, ...fresh.slice(0, firm)]
  return {
    tokens: [...tokens, ...loose],
    settled: isExact ? { text: settled.text + firmText, tokens } : settled,
  }
}

/** All but the last two blocks: a list goes on behind what looks like a paragraph ("2" becomes "2."). */
function countFirm(tokens: readonly Token[]): number {
  const blocks = tokens.flatMap(({ type }, index) => (type === 'space' ? [] : [index]))
  return blocks.at(-2) ?? 0
}

function lex(text: string): readonly Token[] | null {
  try {
    return Lexer.lex(text)
  } catch {
    return null
  }
}
