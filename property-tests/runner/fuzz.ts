/**
 * `npm run fuzz`: every property in turn, again and again, each round with a seed of its own, until the time is up.
 * stdout has each failure and, at the end, what was done; stderr has the rounds as they begin.
 */

import { type FuzzOptions, parseOptions, USAGE, UsageError } from './options.ts'
import type { Property } from './property.ts'
import { regressionsOf } from './regressions.ts'
import { describeAll, describeFailure, describeRunning } from './report.ts'
import { type Round, type Running, startProperty } from './running.ts'

export type Output = { print(text: string): void; say(text: string): void }

/**
 * @param stop ends it before its time, behind the round that it is in
 * @returns the exit code: 0 when all of them held, 1 when one did not, 2 when it was asked for what there is not
 */
export async function fuzz(
  argv: readonly string[],
  properties: readonly Property[],
  output: Output,
  stop?: AbortSignal,
): Promise<number> {
  try {
    const options = parseOptions(argv, properties)
    if (!options.list) return await runProperties(options, output, stop)
    for (const { name, title } of properties) output.print(`${name.padEnd(20)} ${title}`)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    output.say(`${error.message}\n${USAGE}`)
    return 2
  }
}

/** How long a property has its turn, in as many rounds as it takes: else the quick ones would hardly ever run. */
const TURN_MS_MAX = 3_000

async function runProperties(options: FuzzOptions, output: Output, stop?: AbortSignal): Promise<number> {
  const { print, say } = output
  const { properties, minutes, path } = options
  const ms = minutes * 60_000
  const endsAt = performance.now() + ms
  const isOver = (): boolean => stop?.aborted === true || performance.now() >= endsAt
  const turnMs = Math.min(TURN_MS_MAX, ms / properties.length)
  let { seed } = options
  const all = await startAll(properties)
  const failed = new Set<Running>()
  const run = async (running: Running, round: Round): Promise<void> => {
    const failure = await running.round(round)
    if (failure === null) return
    failed.add(running)
    print(describeFailure(failure))
  }
  const takeTurn = async (running: Running): Promise<void> => {
    const turnEndsAt = performance.now() + turnMs
    // Said first: what never comes back is to be found by it.
    say(`${running.property.name}: --seed ${seed}`)
    do await run(running, { seed: seed++, runs: running.property.runs })
    while (!failed.has(running) && performance.now() < turnEndsAt && !isOver())
  }
  try {
    if (path !== null) await run(all[0]!, { seed, path, runs: 1 })
    else {
      for (const running of all)
        for (const kept of regressionsOf(running.property.name)) await run(running, { ...kept, runs: 1 })
      while (!isOver() && failed.size < all.length)
        for (const running of all) if (!failed.has(running) && !isOver()) await takeTurn(running)
    }
  } finally {
    for (const running of all) await running.close()
  }
  for (const running of all) print(describeRunning(running))
  print(describeAll(all))
  return failed.size === 0 && all.every((running) => running.unseen().length === 0) ? 0 : 1
}

async function startAll(properties: readonly Property[]): Promise<Running[]> {
  const all: Running[] = []
  for (const property of properties) all.push(await startProperty(property))
  return all
}
