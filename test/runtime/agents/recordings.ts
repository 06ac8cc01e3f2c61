/** What the real claude CLI printed, line by line. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSplitter, type Line } from '../../../src/runtime/process/splitter.ts'

const DIR = join(import.meta.dirname, '../../fixtures/claude')

export const recordings: string[] = readdirSync(DIR)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.slice(0, -'.jsonl'.length))

export const readFixture = (name: string): string => readFileSync(join(DIR, name), 'utf8')

/** What is not a line's end is given as a last line without one. */
export function linesOf(text: string, lineBytesMax = 1024 * 1024): Line[] {
  const splitter = createSplitter(lineBytesMax)
  const lines = splitter.push(Buffer.from(text))
  const rest = splitter.flush()
  return rest ? [...lines, rest] : lines
}

export const recordedLines = (name: string): Line[] => linesOf(readFixture(`${name}.jsonl`))

/** A recorded dialogue over stdio: what was sent, and what the CLI said, in order. */
export const recordedControl = (name: string) =>
  readFixture(`stdio-control-${name}.txt`)
    .split('\n')
    .flatMap((line) => {
      const [, mark, text] = /^(>>|\d+) (\{.*\})$/.exec(line) ?? []
      return text === undefined ? [] : [{ sent: mark === '>>', message: JSON.parse(text) }]
    })
