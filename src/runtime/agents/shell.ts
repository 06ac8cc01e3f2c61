/**
 * The shell agent: each prompt is a bash script in the session's workspace. It is what an operator still has when
 * the model's API is the thing that is down.
 */
import { join } from 'node:path'
import type { OutputRecord } from '../../machines/events.ts'
import { LIMITS } from '../limits.ts'
import type { Agent } from './agent.ts'

const WRAPPER = join(import.meta.dirname, 'shell-turn.bash')

export const shellAgent: Agent = {
  name: 'shell',
  program: 'bash',
  launch: ({ prompt, attachments, runDir, stateDir }) => ({
    argv: [
      ...['bash', '--noprofile', '--norc', WRAPPER, join(runDir, 'script'), stateDir],
      ...attachments.map(({ path }) => path),
    ],
    input: null,
    files: { script: prompt },
  }),
  begin: () => ({ block: 0 }),
  translate(state, lines) {
    let block = Number(state.block ?? 0)
    const records: OutputRecord[] = []
    let text = ''
    const emit = (): void => {
      if (text !== '') records.push({ kind: 'text', text, block: block++ })
      text = ''
    }
    for (const line of lines) {
      for (const piece of pieces(line.ended && !line.cut ? `${line.text}\n` : line.text)) {
        if (text.length + piece.length > LIMITS.shellTextCharsMax) emit()
        text += piece
      }
      if (line.cut) text += `\n[… ${line.bytes} bytes in this line]\n`
    }
    emit()
    return { state: { block }, records }
  },
  // A shell's text is on record as soon as it is read.
  partials: () => [],
  // It never asks.
  answer: () => '',
  interrupt: { signal: 'SIGINT' },
  retry: () => null,
}

/** A text in parts that are not too large, cut between characters. */
function pieces(text: string): string[] {
  const parts: string[] = []
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + LIMITS.shellTextCharsMax, text.length)
    // Not within a surrogate pair.
    if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1]!)) end--
    parts.push(text.slice(start, end))
    start = end
  }
  return parts
}
