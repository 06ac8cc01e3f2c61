/** The part of a long text that is shown before somebody asks for more. */

export type Excerpt = {
  text: string
  /** Lines of the whole text, and of those how many are shown. */
  lines: number
  shown: number
  isWhole: boolean
}

/** A line may be a whole file: so many characters a line count at most. */
const CHARS_PER_LINE = 400

/** @param from where the lines are that matter most: a failure is told at the end */
export function excerpt(text: string, linesMax: number, from: 'start' | 'end'): Excerpt {
  const lines = text.replace(/\n+$/, '').split('\n')
  const kept = from === 'start' ? lines.slice(0, linesMax) : lines.slice(-linesMax)
  const joined = kept.join('\n')
  const room = linesMax * CHARS_PER_LINE
  const cut = joined.length <= room ? joined : from === 'start' ? joined.slice(0, room) : joined.slice(-room)
  return {
    text: cut.toWellFormed(),
    lines: lines.length,
    shown: kept.length,
    isWhole: kept.length === lines.length && cut.length === joined.length,
  }
}

/**
 * The first lines of a text and its last: what a command was about, and how it ended.
 * @param at how many of each
 * @returns no tail where nothing is left out
 */
export function ends(
  text: string,
  at: { head: number; tail: number },
): { head: Excerpt; tail: Excerpt | null } {
  const head = excerpt(text, at.head + at.tail, 'start')
  if (head.shown === head.lines) return { head, tail: null }
  return { head: excerpt(text, at.head, 'start'), tail: excerpt(text, at.tail, 'end') }
}
