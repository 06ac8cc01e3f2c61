import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { WorldCommand } from './world/act.ts'
import { makeGround } from './world/ground.ts'
import { manyCommands, playWorld } from './world/property.ts'

test('the same seed plays the same history', async () => {
  const ground = makeGround()
  onTestFinished(ground.remove)
  const histories: unknown[] = []
  const collecting = fc.asyncProperty(manyCommands, async (commands) => {
    histories.push(await playWorld(commands, { commands: 0, faults: 0, sights: {} }, ground))
  })
  for (const _ of [1, 2]) await fc.assert(collecting, { numRuns: 50, seed: 7 })
  expect(histories.slice(0, 50)).toEqual(histories.slice(50))
})

test('a world that hangs is given up, and the clock is given back to what runs next', async () => {
  const ground = makeGround()
  onTestFinished(ground.remove)
  const { setTimeout } = globalThis
  const stuck: WorldCommand = { check: () => true, run: () => new Promise(() => {}), toString: () => 'stuck' }
  const playing = playWorld([stuck], { commands: 0, faults: 0, sights: {} }, ground, 50)
  await expect(playing).rejects.toThrow('the world hangs')
  expect(globalThis.setTimeout).toBe(setTimeout)
})
