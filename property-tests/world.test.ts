import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holds } from './runner/holds.ts'
import { worldCommands } from './world/commands.ts'
import { playWorld, world } from './world/property.ts'

test(world.title, () => holds(world))

test('the same seed plays the same history', async () => {
  const histories: unknown[] = []
  const collecting = fc.asyncProperty(
    fc.commands(worldCommands, { maxCommands: 40, size: '+1' }),
    async (commands) => void histories.push(await playWorld(commands)),
  )
  for (const _ of [1, 2]) await fc.assert(collecting, { numRuns: 50, seed: 7 })
  expect(histories.slice(0, 50)).toEqual(histories.slice(50))
})
