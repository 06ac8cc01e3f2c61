/** What `npm run fuzz` was asked for. Knows the names of the properties, and nothing of how they run. */
import { parseArgs } from 'node:util'
import type { Property } from './property.ts'
import { freshSeed } from './running.ts'

export const USAGE = 'npm run fuzz -- [--minutes N] [--seed S [--path P]] [--property NAME]... [--list]'

export type FuzzOptions = {
  properties: readonly Property[]
  minutes: number
  seed: number
  /** One run alone, which failed before; null for as many as there is time for. */
  path: string | null
  list: boolean
}

/** Asked for something that there is not. */
export class UsageError extends Error {}

/** @throws UsageError */
export function parseOptions(argv: readonly string[], known: readonly Property[]): FuzzOptions {
  const { minutes, seed, path, property, list } = parse(argv)
  const unknown = property.find((name) => known.every((one) => one.name !== name))
  if (unknown !== undefined) throw new UsageError(`there is no property ${unknown}; --list shows them`)
  if (path !== undefined && (property.length !== 1 || seed === undefined))
    throw new UsageError('--path is a run of one property and one seed')
  return {
    properties: property.length === 0 ? known : known.filter(({ name }) => property.includes(name)),
    minutes: numberFrom('minutes', minutes, /^\d{1,4}(\.\d+)?$/),
    seed: seed === undefined ? freshSeed() : numberFrom('seed', seed, /^-?\d{1,10}$/),
    path: path ?? null,
    list,
  }
}

function numberFrom(name: string, text: string, allowed: RegExp): number {
  if (!allowed.test(text)) throw new UsageError(`--${name} is ${text}, not a number`)
  return Number(text)
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        minutes: { type: 'string', default: '1' },
        seed: { type: 'string' },
        path: { type: 'string' },
        property: { type: 'string', multiple: true, default: [] },
        list: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
