/**
 * One property, run in short rounds until it fails: `hunt.ts NAME SECONDS` prints what it found as JSON. For
 * `npm run mutants`, in a copy of the project.
 */
import { PROPERTIES } from '../properties.ts'
import { type Failure, freshSeed, startProperty } from './running.ts'

export type Found = { failure: Failure | null; runs: number; seconds: number }

/** What a property is given in `npm test` takes too long to look at the time only then. */
const ROUNDS = 10

const [name, seconds] = process.argv.slice(2)
const running = await startProperty(PROPERTIES.find((property) => property.name === name)!)
const runs = Math.ceil(running.property.runs / ROUNDS)
const endsAt = performance.now() + Number(seconds) * 1_000
let failure: Failure | null = null
try {
  do failure = await running.round({ seed: freshSeed(), runs })
  while (failure === null && performance.now() < endsAt)
} finally {
  await running.close()
}
process.stdout.write(
  JSON.stringify({ failure, runs: running.runs, seconds: running.seconds } satisfies Found),
)
