/** Runs one row and says what became of it. A row that throws is a miss, one that cannot be tried is neither. */
import { inspect } from 'node:util'
import type { Row, RowOptions, RowResult } from './row.ts'

/** One row of the summary. `ok` is null for a row that was left out: that is never a pass. */
export type RowOutcome = {
  name: string
  target: string
  ok: boolean | null
  figure: string
  seconds: number
  details?: unknown
}

export async function runRow(row: Row, options: RowOptions): Promise<RowOutcome> {
  const { name, target } = row
  const startedAt = performance.now()
  const outcome = (result: { ok: boolean | null; figure: string; details?: unknown }): RowOutcome => ({
    ...{ name, target, ok: result.ok, figure: result.figure },
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    ...(result.details === undefined ? {} : { details: result.details }),
  })
  try {
    const reason = row.unavailable?.() ?? null
    if (reason !== null) return outcome({ ok: null, figure: `left out: ${reason}` })
    return outcome(await row.run(options))
  } catch (error) {
    return outcome(missOf(error))
  }
}

function missOf(error: unknown): RowResult {
  // What went wrong first is the miss; that clearing up after it failed as well is told in the details.
  const first = error instanceof SuppressedError ? error.suppressed : error
  return {
    ok: false,
    figure: first instanceof Error ? first.message.split('\n')[0]! : String(first),
    details: { error: inspect(error) },
  }
}

/** For people: one line, whatever the row said. */
export function describeOutcome({ name, ok, seconds, figure, target }: RowOutcome): string {
  const told = figure.replace(/\s+/g, ' ')
  if (ok === null) return `${name.padEnd(13)} ${told} [${target}]`
  return `${name.padEnd(13)} ${ok ? 'ok  ' : 'MISS'} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${told} [${target}]`
}
