/**
 * A server in a simulated world: whatever happens in whatever order, every promise is kept, and in the end everything
 * comes to rest. All of it is in the seed.
 */
import fc from 'fast-check'
import { LIMITS } from '../../src/runtime/limits.ts'
import { checkHistory } from '../checkers/check-history.ts'
import type { Entry } from '../checkers/history.ts'
import type { Property, Tally } from '../runner/property.ts'
import type { WorldCommand } from './act.ts'
import { worldCommands } from './commands.ts'
import { type Ground, makeGround } from './ground.ts'
import { SETTINGS, turnKnobs } from './knobs.ts'
import { reachedIn } from './reached.ts'
import { createSights, FAULTS, type Sights } from './sights.ts'
import { createTime } from './time.ts'
import { createWorld } from './world.ts'

const TERMS = {
  turnTimeoutMs: SETTINGS.turnTimeoutMs,
  stopRecordMs: LIMITS.stopRecordMs,
  stopWaitMs: LIMITS.stopWaitMs,
}

export const manyCommands = fc.commands(worldCommands, { maxCommands: 40, size: '+1' })

/** Before the runner gives up, which could not give the clock back to what runs next. */
const HANG_MS = 25_000
const { setTimeout: setRealTimeout, clearTimeout: clearRealTimeout } = globalThis

/** Plays commands in a new world, and lets it come to rest. */
export async function playWorld(
  commands: Iterable<WorldCommand>,
  tally: Tally,
  { dirs }: Ground,
  hangMs = HANG_MS,
): Promise<Entry[]> {
  const hang = Promise.withResolvers<never>()
  const timer = setRealTimeout(() => hang.reject(new Error('the world hangs')), hangMs)
  const sights = createSights()
  const time = createTime()
  const restoreTime = time.takeOver()
  const restoreKnobs = turnKnobs()
  const play = async (): Promise<Entry[]> => {
    const world = await createWorld(sights, time, dirs)
    await fc.asyncModelRun(() => ({ model: tally, real: world }), commands)
    await world.heal()
    if (world.faults.length > 0) throw world.faults[0]
    for (const sight of reachedIn(world.history, SETTINGS.turnTimeoutMs)) sights[sight]++
    return world.history
  }
  try {
    return await Promise.race([play(), hang.promise])
  } finally {
    clearRealTimeout(timer)
    restoreKnobs()
    restoreTime()
    count(sights, tally)
  }
}

function count(sights: Sights, tally: Tally): void {
  for (const [sight, times] of Object.entries(sights) as [keyof Sights, number][]) {
    tally.sights[sight] = (tally.sights[sight] ?? 0) + times
    if (FAULTS.has(sight)) tally.faults += times
  }
}

export const world: Property = {
  name: 'world',
  title:
    'whatever happens to a server in whatever order, every promise is kept, and everything comes to rest',
  runs: 2_000,
  open(tally) {
    tally.sights = createSights()
    const ground = makeGround()
    return {
      check: fc.asyncProperty(manyCommands, async (commands) => {
        const violations = checkHistory(await playWorld(commands, tally, ground), TERMS)
        if (violations.length > 0) throw new Error(violations.join('\n'))
      }),
      close: async () => ground.remove(),
    }
  },
}
