/** What `npm run chaos` was asked for. Knows the names of the rows, and nothing of how they are run. */
import { parseArgs } from 'node:util'
import type { Row, Size } from './row.ts'

export const USAGE = 'npm run chaos -- [--short | --full] [--row NAME]... [--json FILE] [--list]'

export type ChaosOptions = {
  size: Size
  rows: readonly Row[]
  /** Where the summary goes; null for the last line of stdout. */
  jsonFile: string | null
  list: boolean
}

/** Asked for something that there is not. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseOptions(argv: readonly string[], known: readonly Row[]): ChaosOptions {
  const { short, full, row, json, list } = parse(argv)
  if (short && full) throw new UsageError('--short and --full at once')
  const unknown = row.find((name) => known.every((one) => one.name !== name))
  if (unknown !== undefined) throw new UsageError(`there is no row ${unknown}; --list shows them`)
  return {
    size: short ? 'short' : 'full',
    rows: row.length === 0 ? known : known.filter(({ name }) => row.includes(name)),
    jsonFile: json ?? null,
    list,
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        short: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        row: { type: 'string', multiple: true, default: [] },
        json: { type: 'string' },
        list: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
