/** The README's table: it stands between two marks, and nobody else writes there. */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Measured } from './measure.ts'
import { table } from './table.ts'

const README = resolve(import.meta.dirname, '../README.md')
const [BEGIN, END] = ['<!-- bench: begin -->', '<!-- bench: end -->']

export function writeReadme({ machine, results }: { machine: string; results: Measured[] }): void {
  const text = readFileSync(README, 'utf8')
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (from === -1 || to < from) throw new Error(`README.md has no ${BEGIN} … ${END}`)
  const once = results.filter(({ size }) => size === 1)
  const body = `${BEGIN}\n${table(once)}\n\nMedians, durable (\`synchronous=FULL\`), with auth. On ${machine}.\n`
  writeFileSync(README, text.slice(0, from) + body + text.slice(to))
}
