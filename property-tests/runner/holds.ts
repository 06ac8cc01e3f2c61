/** A property in vitest: what it once failed on first, then a fresh seed. */

import type { Property } from './property.ts'
import { regressionsOf } from './regressions.ts'
import { describeFailure, describeRunning } from './report.ts'
import { freshSeed, startProperty } from './running.ts'

/** @throws what fails, and how to have it again; or what was never seen */
export async function holds(property: Property): Promise<void> {
  const running = await startProperty(property)
  try {
    const kept = regressionsOf(property.name).map((regression) => ({ ...regression, runs: 1 }))
    for (const round of [...kept, { seed: freshSeed(), runs: property.runs }]) {
      const failure = await running.round(round)
      if (failure !== null) throw new Error(describeFailure(failure))
    }
    process.stdout.write(`${describeRunning(running)}\n`)
    const unseen = running.unseen()
    if (unseen.length > 0) throw new Error(`${property.name} never saw ${unseen.join(', ')}`)
  } finally {
    await running.close()
  }
}
