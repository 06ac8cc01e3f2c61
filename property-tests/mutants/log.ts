/** Bugs between an agent's bytes and a client's frames. */
import type { Mutant } from './mutant.ts'

const SPLITTER = 'src/runtime/process/splitter.ts'
const FRAMES = 'src/runtime/log/frames.ts'
const PARTIALS = 'src/runtime/agents/claude-partials.ts'

export const LOG: readonly Mutant[] = [
  {
    ...{ bug: 'a line loses what an earlier chunk had of it', file: SPLITTER, caughtBy: 'splitter-lines' },
    old: 'if (heldBytes === 0 && end - start <= lineBytesMax) {',
    new: 'if (end - start <= lineBytesMax) {',
  },
  {
    ...{ bug: 'what is held is not counted to the byte', file: SPLITTER, caughtBy: 'splitter-resumed' },
    old: 'heldBytes += part.length',
    new: 'heldBytes += Math.min(part.length, lineBytesMax)',
  },
  {
    ...{ bug: 'a cursor that is off by one', file: FRAMES, caughtBy: 'frames-behind-cursor' },
    old: 'if (after < segment.first) return segment',
    new: 'if (after <= segment.first) return segment',
  },
  {
    ...{ bug: 'half a character in a frame', file: FRAMES, caughtBy: 'frames-read-back' },
    old: "json.includes('\\\\ud') ? json.replace(",
    new: "json.includes('\\\\ud9') ? json.replace(",
  },
  {
    ...{ bug: 'a frame with data of several lines', file: FRAMES, caughtBy: 'frames-read-back' },
    old: 'text: text.toWellFormed(), parent })',
    new: 'text: text.toWellFormed(), parent }, null, 1)',
  },
  {
    ...{ bug: 'a block that is finished under another number', file: PARTIALS, caughtBy: 'claude-writing' },
    old: 'return block?.block ?? nextBlock()',
    new: 'return nextBlock()',
  },
  {
    ...{ bug: 'a message that was given up goes on', file: PARTIALS, caughtBy: 'claude-writing' },
    old: 'if (!isIt) end(speaker)',
    new: '',
  },
  {
    bug: 'a shell’s text that is cut within a character',
    ...{ file: 'src/runtime/agents/shell.ts', caughtBy: 'shell-output' },
    old: 'if (end < text.length && /[\\uD800-\\uDBFF]/.test(text[end - 1]!)) end--',
    new: '',
  },
]
