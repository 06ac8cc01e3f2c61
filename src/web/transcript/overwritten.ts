/** Lines as they stand in the end, when they were written over or erased as progress is. Each letter keeps its colours. Pure. */

/** Of a line: back to its start, erase it to its end or as a whole, a colour; or a letter. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const PARTS = /\r|\x1b\[[02]?K|\x1b\[[\d;]*m|[\s\S]/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const WRITES_OVER = /\r|\x1b\[[02]?K/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const COLOUR = /\x1b\[[\d;]*m/g
const RESET = '\x1b[0m'
/** In force at once; of more, the newest: each letter remembers them. */
const COLOURS_MAX = 4

type Colours = readonly string[]

export function overwritten(text: string): string {
  const lines = text.replace(/\r+\n/g, '\n')
  if (!WRITES_OVER.test(lines)) return lines
  let colours: Colours = []
  return lines
    .split('\n')
    .map((line) => {
      const before = colours
      if (!WRITES_OVER.test(line)) {
        for (const [colour] of line.matchAll(COLOUR)) colours = withColour(colours, colour)
        return line
      }
      const { cells, after } = write(line, before)
      colours = after
      return print(cells, before, after)
    })
    .join('\n')
}

type Cell = { letter: string; colours: Colours }

function write(line: string, before: Colours): { cells: Cell[]; after: Colours } {
  const cells: Cell[] = []
  let colours = before
  let at = 0
  for (const [part] of line.matchAll(PARTS)) {
    if (part === '\r') at = 0
    else if (part.endsWith('K') && part.length > 1) {
      cells.length = part.includes('2') ? 0 : Math.min(at, cells.length)
    } else if (part.length > 1 && part.startsWith('\x1b')) colours = withColour(colours, part)
    else {
      // Erased as a whole, and gone on with where it was.
      while (cells.length < at) cells.push({ letter: ' ', colours })
      cells[at++] = { letter: part, colours }
    }
  }
  return { cells, after: colours }
}

function print(cells: readonly Cell[], before: Colours, after: Colours): string {
  let now = before
  const switched = (to: Colours): string => {
    if (to === now) return ''
    now = to
    return RESET + to.join('')
  }
  return cells.map(({ letter, colours }) => switched(colours) + letter).join('') + switched(after)
}

const withColour = (colours: Colours, colour: string): Colours =>
  /^.\[0*m$/.test(colour) ? [] : [...colours, colour].slice(-COLOURS_MAX)
