/** A real server with real agents, asked and cut off and killed in any order. */
import fc from 'fast-check'
import { startServer } from '../../test/support/server.ts'
import { findSteadyPort } from '../../test/support/steady-port.ts'
import type { Property, Tally } from '../runner/property.ts'
import { AGENTS, type AgentKind, createLiveWorld, type LiveWorld } from './live-world.ts'

type LiveCommand = fc.AsyncCommand<Tally, LiveWorld>

const command = (name: string, run: (world: LiveWorld) => Promise<void> | void): LiveCommand => ({
  check: () => true,
  async run(tally, world) {
    tally.commands++
    await run(world)
  },
  toString: () => name,
})

const kind = fc.constantFrom(...(Object.keys(AGENTS) as AgentKind[]))
const asked: fc.Arbitrary<LiveCommand>[] = [
  ...[kind, kind].map((kinds) =>
    kinds.map((kind) => command(`prompt(${kind})`, (world) => world.prompt(kind))),
  ),
  kind.map((kind) => command(`promptTwice(${kind})`, (world) => world.promptTwice(kind))),
  fc.constant(command('promptAgain', (world) => world.promptAgain())),
  kind.map((kind) => command(`promptBoth(${kind})`, (world) => world.promptBoth(kind))),
  ...[1, 2].map(() => fc.constant(command('cancel', (world) => world.cancel()))),
  fc.constant(command('cut', (world) => world.cut())),
]
const killed = fc.constant(command('kill', (world) => world.kill()))

/** @param last what every run ends with, before it is judged: in the midst of a turn */
const live = (
  commands: fc.Arbitrary<LiveCommand>[],
  last: (world: LiveWorld) => Promise<void> | void,
  sights: Tally['sights'],
): Property['open'] => {
  return async (tally) => {
    tally.sights = { ...sights }
    const server = await startServer({
      BREAKGLASS_PORT: String(await findSteadyPort()),
      BREAKGLASS_KILL_GRACE_S: '0.2',
    })
    const some = fc.commands(commands, { maxCommands: 10, size: 'max' })
    return {
      check: fc.asyncProperty(some, kind, fc.nat(), async (some, lastKind, replayFrom) => {
        const world = await createLiveWorld(server, tally)
        await fc.asyncModelRun(() => ({ model: tally, real: world }), some)
        await world.prompt(lastKind)
        await last(world)
        await world.end(replayFrom)
      }),
      close: () => server[Symbol.asyncDispose](),
    }
  }
}

export const liveServer: Property = {
  name: 'live-server',
  title:
    'whatever a server is asked at once and whenever a client is cut off, each turn is there once, and all of it',
  runs: 12,
  isReal: true,
  open: live(asked, (world) => world.cut(), { turns: 0, cancels: 0, cuts: 0 }),
}

export const killedServer: Property = {
  name: 'killed-server',
  title: 'whenever a server is killed, what it had answered holds, and its turns go on and can be stopped',
  runs: 6,
  isReal: true,
  open: live([...asked, killed, killed], (world) => world.kill(), { turns: 0, killsInTurn: 0 }),
}
