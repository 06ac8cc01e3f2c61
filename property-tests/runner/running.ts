/** A property that is open: it runs in rounds, is counted over all of them, and says of a failure how to have it again. */
import { randomInt } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import fc from 'fast-check'
import type { Property, Tally } from './property.ts'

export type Round = { seed: number; runs: number; path?: string }

export type Failure = {
  property: string
  seed: number
  /** The run that failed, before it was shrunk: commands cannot be had again by a shrunk one's path. */
  path: string
  runs: number
  /** How many commands the shrunk counterexample has; null where there are none. */
  commands: number | null
  counterexample: string
  error: string
}

/** Against hangs, not a measure of speed. Real processes wait for whatever else a machine does. */
const RUN_TIMEOUT_MS = 30_000
const REAL_RUN_TIMEOUT_MS = 120_000

/**
 * Properties that only compute hold up the event loop for minutes. A connection that its server has closed meanwhile, since
 * nobody used it, must be seen to be closed before something is asked through it.
 */
async function lookUp(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await nextTurn()
}

export const freshSeed = (): number => randomInt(2 ** 31)

export type Running = Awaited<ReturnType<typeof startProperty>>

export async function startProperty(property: Property) {
  const tally: Tally = { commands: 0, faults: 0, sights: {} }
  const { check, close } = await property.open(tally)
  let runs = 0
  let ms = 0
  return {
    property,
    tally,
    get runs() {
      return runs
    },
    get seconds() {
      return ms / 1_000
    },
    async round({ seed, runs: numRuns, path }: Round): Promise<Failure | null> {
      await lookUp()
      const startedAt = performance.now()
      const details = await fc.check(check, {
        ...{ seed, numRuns, timeout: property.isReal ? REAL_RUN_TIMEOUT_MS : RUN_TIMEOUT_MS },
        // To shrink what does not fail again for sure would only lead elsewhere.
        endOnFailure: property.isReal === true,
        ...(path === undefined ? {} : { path }),
      })
      runs += details.numRuns
      ms += performance.now() - startedAt
      if (!details.failed) return null
      return {
        property: property.name,
        seed: details.seed,
        path: details.counterexamplePath?.split(':', 1)[0] ?? '0',
        runs: details.numRuns,
        commands: countCommands(details.counterexample),
        counterexample: fc.stringify(details.counterexample),
        error: describeError(details.errorInstance),
      }
    },
    /** What it should have seen by now, and has not: a property that never gets there says nothing. */
    unseen: (): string[] =>
      runs < property.runs ? [] : Object.keys(tally.sights).filter((sight) => tally.sights[sight] === 0),
    async close(): Promise<void> {
      await lookUp()
      await close?.()
    },
  }
}

/** What an assertion compared is said in full: its message has the first few words of each, which are often the same. */
function describeError(error: unknown): string {
  const { stack, actual, expected } = Object(error) as {
    stack?: string
    actual?: unknown
    expected?: unknown
  }
  const compared =
    actual === undefined && expected === undefined
      ? []
      : [`actual: ${fc.stringify(actual)}`, `expected: ${fc.stringify(expected)}`]
  return [stack ?? String(error), ...compared].join('\n')
}

/** fast-check hands commands to a property as one iterable of its own; bytes and lists are values. */
function countCommands(counterexample: readonly unknown[] | null): number | null {
  const commands = counterexample?.find(
    (part): part is Iterable<unknown> =>
      Object(part) === part &&
      !Array.isArray(part) &&
      !ArrayBuffer.isView(part) &&
      Symbol.iterator in (part as object),
  )
  if (commands === undefined) return null
  // What comes behind the command that failed is there as well, and never ran.
  return [...commands].filter((command) => (command as { hasRan?: boolean }).hasRan !== false).length
}
