/**
 * Markdown that is cut in the middle, as it will look when it goes on: marks that are opened are closed, and what may
 * yet become a mark is held back for a moment, so that nothing flickers. Takes the last blocks of a text.
 */

const FENCE = /^ {0,3}(?:`{3,}|~{3,})/gm
/** A line that has nothing but what a list, a heading, a rule, a quote or a fence begins with. */
const BEGUN_LINE = /(^|\n)[ \t]*(?:[-*+>#=_|~`]+|\d{1,3}[.)]?|[-*+] \[[ xX]?\]?)[ \t]*$/
/** The first line of a table, until its second is whole: up to there it would look like text. */
const BEGUN_TABLE = /(^\n?|\n\n|\n[^|\n][^\n]*\n)\|[^\n]*(?:\n(?:\|[^\n]*)?)?$/
const BEGUN_LINK = /!?\[([^\]\n]*)(?:\](?:\([^)\n]*)?)?$/
/** Code, what is escaped, and the bullets of lists. */
const WITHOUT_MARKS = /`[^`]*`|\\.|^[ \t]*[*+-] /gm
const MARK = /\*\*(?=\S)|(?<=\S)\*\*|~~(?=\S)|(?<=\S)~~|\*(?=[^\s*])|(?<=[^\s*])\*/g
const BEGUN_MARK = /(?:\*{1,3}|~{1,2}|!|\\)$/

export function heal(text: string): string {
  if ((text.match(FENCE)?.length ?? 0) % 2 === 1) return text.replace(/\n[ \t]*[`~]{1,2}$/, '')
  const whole = text.replace(BEGUN_TABLE, '$1').replace(BEGUN_LINE, '$1')
  const at = Math.max(whole.lastIndexOf('\n\n') + 2, lastItemAt(whole))
  const start = at < 2 ? 0 : at
  return whole.slice(0, start) + healInline(whole.slice(start))
}

/** A list's item, or a table's row, ends what was open in the one before. */
const lastItemAt = (text: string): number => {
  let last = 0
  for (const { index } of text.matchAll(/\n(?=[ \t]*(?:[-*+|]|\d{1,3}[.)]) ?)/g)) last = index + 1
  return last
}

function healInline(text: string): string {
  const ticks = [...text.matchAll(/`+/g)]
  let open: { mark: string; at: number } | null = null
  for (const { 0: mark, index } of ticks) {
    if (open === null) open = { mark, at: index }
    else if (open.mark === mark) open = null
  }
  if (open === null) return healMarks(text, '')
  const before = text.slice(0, open.at)
  const code = text.slice(open.at + open.mark.length)
  return code.trim() === '' ? healMarks(before, '') : healMarks(before, open.mark + code + open.mark)
}

/** @param code what stands behind the text, and is complete */
function healMarks(text: string, code: string): string {
  const cut =
    code === '' ? text.replace(BEGUN_LINK, '$1').replace(BEGUN_MARK, '').replace(BEGUN_LINE, '$1') : text
  const open: string[] = []
  for (const [mark] of cut.replace(WITHOUT_MARKS, '').matchAll(MARK)) {
    if (open.at(-1) === mark) open.pop()
    else open.push(mark)
  }
  const whole = cut + code
  return open.length === 0 ? whole : whole.trimEnd() + open.reverse().join('')
}
