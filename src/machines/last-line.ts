/** The last line of what an event says: what a list shows of a session. Its cost does not grow with the event. */
import type { Event, LastLine } from './events.ts'

const LINE_CHARS_MAX = 200
/** How far back from a text's end a line is looked for. */
const LOOK_BACK_CHARS = 16 * 1024
const OTHER_SPACE = / {2}|[^\S ]/

/** @returns null for what says nothing, or nothing but white space */
export function lastLineOf(event: Event): LastLine | null {
  switch (event.kind) {
    case 'user':
      return lineIn(event.kind, event.text)
    case 'text':
      // A subagent speaks to its agent.
      return event.parent === undefined ? lineIn(event.kind, event.text) : null
    case 'error':
      return lineIn(event.kind, event.error)
    default:
      return null
  }
}

function lineIn(kind: LastLine['kind'], text: string): LastLine | null {
  const end = text.slice(-LOOK_BACK_CHARS).trimEnd()
  // A progress bar goes back to its line's beginning.
  const line = end.slice(Math.max(end.lastIndexOf('\n'), end.lastIndexOf('\r')) + 1).trimStart()
  if (line === '') return null
  const shown = line.slice(0, LINE_CHARS_MAX)
  // Most lines have single blanks alone, and to look for others costs a tenth of replacing each by itself.
  return { kind, text: (OTHER_SPACE.test(shown) ? shown.replace(/\s+/g, ' ') : shown).toWellFormed() }
}
