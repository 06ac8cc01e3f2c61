/**
 * `npm run chaos`: breaks the server on purpose, row by row, and shows what holds.
 * stdout has a line for each row and then the summary as JSON; stderr has what goes on meanwhile.
 */
import { writeFileSync } from 'node:fs'
import { parseOptions, USAGE, UsageError } from './options.ts'
import type { Row } from './row.ts'
import { ROWS } from './rows.ts'
import { describeOutcome, type RowOutcome, runRow } from './run-row.ts'

type Output = { print(line: string): void; say(line: string): void }

/** @returns the exit code: 0 when no row missed, 1 when one did, 2 when it was asked for what there is not */
export async function chaos(argv: readonly string[], rows: readonly Row[], output: Output): Promise<number> {
  try {
    return await runRows(parseOptions(argv, rows), output)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    output.say(`${error.message}\n${USAGE}`)
    return 2
  }
}

async function runRows(options: ReturnType<typeof parseOptions>, { print, say }: Output): Promise<number> {
  const { size, rows, jsonFile, list } = options
  if (list) {
    for (const { name, target } of rows) print(`${name.padEnd(13)} ${target}`)
    return 0
  }
  const startedAt = performance.now()
  const outcomes: RowOutcome[] = []
  // One after the other: each has the machine for itself, and its figure is its own.
  for (const row of rows) {
    const outcome = await runRow(row, { size, say: (text) => say(`${row.name}: ${text}`) })
    outcomes.push(outcome)
    print(describeOutcome(outcome))
  }
  const ok = outcomes.every((outcome) => outcome.ok !== false)
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  const summary = JSON.stringify({ size, ok, seconds, rows: outcomes })
  if (jsonFile === null) print(summary)
  else writeFileSync(jsonFile, `${summary}\n`)
  return ok ? 0 : 1
}

if (import.meta.main) {
  const output: Output = {
    print: (line) => process.stdout.write(`${line}\n`),
    say: (line) => process.stderr.write(`${line}\n`),
  }
  // Not left to the event loop: a handle that a row forgot must not keep CI waiting.
  process.exit(await chaos(process.argv.slice(2), ROWS, output))
}
