import fc from 'fast-check'
import { expect, test } from 'vitest'
import { worldCommands } from './world/commands.ts'
import { playWorld, worldProperty } from './world/property.ts'
import { createSights, unseen } from './world/sights.ts'

/** About 10 s. */
const RUNS = 2_000

test('whatever happens to a server in whatever order, every promise is kept, and all of it is reached', async () => {
  const sights = createSights()
  // What fails is reported by fast-check with its seed, its path and the shortest run of commands.
  await fc.assert(worldProperty(sights), { numRuns: RUNS })
  expect(unseen(sights)).toEqual([])
})

test('the same seed plays the same history', async () => {
  const histories: unknown[] = []
  const collecting = fc.asyncProperty(
    fc.commands(worldCommands, { maxCommands: 40, size: '+1' }),
    async (commands) => void histories.push(await playWorld(commands)),
  )
  for (const _ of [1, 2]) await fc.assert(collecting, { numRuns: 50, seed: 7 })
  expect(histories.slice(0, 50)).toEqual(histories.slice(50))
})
