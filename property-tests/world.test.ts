import fc from 'fast-check'
import { expect, test } from 'vitest'
import { manyCommands, playWorld } from './world/property.ts'

test('the same seed plays the same history', async () => {
  const histories: unknown[] = []
  const collecting = fc.asyncProperty(manyCommands, async (commands) => {
    histories.push(await playWorld(commands, { commands: 0, faults: 0, sights: {} }))
  })
  for (const _ of [1, 2]) await fc.assert(collecting, { numRuns: 50, seed: 7 })
  expect(histories.slice(0, 50)).toEqual(histories.slice(50))
})
