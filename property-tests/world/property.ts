/**
 * The property of a world: whatever happens in whatever order, every promise is kept, and in the end everything comes to
 * rest. For the tests, and for whoever runs it longer.
 */
import fc from 'fast-check'
import { LIMITS } from '../../src/runtime/limits.ts'
import { checkHistory } from '../checkers/check-history.ts'
import type { Entry } from '../checkers/history.ts'
import type { Property } from '../runner/property.ts'
import { type WorldCommand, worldCommands } from './commands.ts'
import { SETTINGS, turnKnobs } from './knobs.ts'
import { reachedIn } from './reached.ts'
import { createSights, type Sights } from './sights.ts'
import { createTime } from './time.ts'
import { createWorld } from './world.ts'

const COMMANDS_MAX = 40
const TERMS = { turnTimeoutMs: SETTINGS.turnTimeoutMs, stopRecordMs: LIMITS.stopRecordMs }

/** Plays commands in a new world, and lets it come to rest. */
export async function playWorld(
  commands: Iterable<WorldCommand>,
  sights: Sights = createSights(),
): Promise<Entry[]> {
  const time = createTime()
  const restoreTime = time.takeOver()
  const restoreKnobs = turnKnobs()
  try {
    const world = await createWorld(sights, time)
    await fc.asyncModelRun(() => ({ model: {}, real: world }), commands)
    await world.heal()
    if (world.faults.length > 0) throw world.faults[0]
    for (const sight of reachedIn(world.history, SETTINGS.turnTimeoutMs)) sights[sight]++
    return world.history
  } finally {
    restoreKnobs()
    restoreTime()
  }
}

const FAULTS: (keyof Sights)[] = [
  ...(['crash', 'commit failed', 'disk full', 'request doubled', 'request lost', 'stream cut'] as const),
  ...(['commit in flight lost', 'start failed', 'slow reader dropped'] as const),
]

export const world: Property = {
  name: 'world',
  title: 'whatever happens to a server in whatever order, every promise is kept, and all of it is reached',
  runs: 2_000,
  open(tally) {
    const sights = createSights()
    tally.sights = sights
    return {
      check: fc.asyncProperty(
        fc.commands(worldCommands, { maxCommands: COMMANDS_MAX, size: '+1' }),
        async (commands) => {
          const history = await playWorld(commands, sights)
          tally.commands = sights.commands
          tally.faults = FAULTS.reduce((sum, fault) => sum + sights[fault], 0)
          const violations = checkHistory(history, TERMS)
          if (violations.length > 0) throw new Error(violations.join('\n'))
        },
      ),
    }
  },
}
