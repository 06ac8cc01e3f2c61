import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LeftoverPolicy } from '../src/machines/process-events.ts'
import { sessionCommands } from './session-commands.ts'
import { createSessionWorld, createSights } from './session-world.ts'

const policy = fc.constantFrom<LeftoverPolicy>('kill', 'report', 'keep')
const policies = fc.record({ ended: policy, stopped: policy })
const commands = fc.commands(sessionCommands, { maxCommands: 40, size: '+1' })

test('whatever happens in whatever order, the log is in order and the session comes back to idle', () => {
  const sights = createSights()
  // What fails is reported by fast-check with its seed, its path and the shortest run of commands.
  fc.assert(
    fc.property(commands, policies, fc.constantFrom('drain', 'giveUp'), (commands, leftovers, end) => {
      const world = createSessionWorld(sights, leftovers)
      fc.modelRun(() => ({ model: {}, real: world }), commands)
      world[end]()
    }),
    { numRuns: 2_000 },
  )
  for (const [sight, times] of Object.entries(sights)) expect(times, sight).toBeGreaterThan(0)
})
