/** What can happen to a session, in any order: as fast-check commands over a world. Every one may come at any time. */
import fc from 'fast-check'
import type { Decision } from '../src/machines/events.ts'
import type { PortEvent } from '../src/machines/process-events.ts'
import {
  APPROVAL_TIMEOUT_MS,
  CLEARED,
  COMPLAINED,
  DELAYS,
  DISK_FULL,
  exited,
  FINISHED,
  HEARD,
  INTERRUPTED,
  LOST,
  OUTPUT,
  OVERFLOWED,
  START_FAILED,
  STARTED,
} from '../test/machines/port-events.ts'
import type { Tally } from './runner/property.ts'
import type { SessionWorld } from './session-world.ts'

/** The world holds its own model: nothing needs to be known to choose a command, and each is only counted. */
type Count = Pick<Tally, 'commands' | 'faults'>
export type SessionCommand = fc.Command<Count, SessionWorld>

const command = (name: string, run: (world: SessionWorld) => void): SessionCommand => ({
  check: () => true,
  run(count, world) {
    count.commands++
    run(world)
  },
  toString: () => name,
})

const fault = (name: string, run: (world: SessionWorld) => void): SessionCommand => {
  const told = command(name, run)
  return {
    ...told,
    run(count, world) {
      count.faults++
      told.run(count, world)
    },
  }
}

const portEvent = fc.constantFrom<PortEvent[]>(
  STARTED,
  STARTED,
  START_FAILED,
  DISK_FULL,
  OUTPUT,
  HEARD,
  OVERFLOWED,
  FINISHED,
  COMPLAINED,
  exited(0),
  exited(1, 'No disk.'),
  LOST,
  INTERRUPTED,
  CLEARED,
  { type: 'CLEARED', survivors: 2 },
)

/** One at a time, or what leads further than chance would come. */
const portEvents = fc.oneof(
  { weight: 3, arbitrary: portEvent.map((event) => [event]) },
  { weight: 1, arbitrary: fc.constant<PortEvent[]>([STARTED, FINISHED]) },
  { weight: 1, arbitrary: fc.constant<PortEvent[]>([STARTED, exited(0)]) },
  { weight: 1, arbitrary: fc.constant<PortEvent[]>([STARTED, OVERFLOWED]) },
)

const nameOf = (events: PortEvent[]): string =>
  events.map((event) => JSON.stringify(event)).join(' ') || 'nothing'

/** Each delay's end, one before it, and long after all of them. */
const wait = fc.constantFrom(
  0,
  ...Object.values(DELAYS).flatMap((ms) => (ms === null ? [] : [ms - 1, ms])),
  100_000,
)

const delays = fc.record({
  turnTimeoutMs: fc.constantFrom(DELAYS.turnTimeoutMs, 150, null),
  stallNoticeMs: fc.constantFrom(DELAYS.stallNoticeMs, null),
  stallKillMs: fc.constantFrom(DELAYS.stallKillMs, 120, null),
})

const advance = wait.map((ms) => command(`advance(${ms})`, (world) => world.advance(ms)))
/** An agent that says nothing from the beginning: chance hardly ever leaves one alone for that long. */
const silence = fc.constantFrom(DELAYS.stallNoticeMs!, DELAYS.stallKillMs!).map((ms) =>
  command(`silence(${ms})`, (world) => {
    world.prompt({})
    world.say(STARTED)
    world.advance(ms)
  }),
)
/** And one that asks, and that nobody answers. */
const unanswered = fc.constant(
  command('unanswered', (world) => {
    world.prompt({})
    world.say(STARTED)
    world.ask()
    world.advance(APPROVAL_TIMEOUT_MS)
  }),
)

const restart = fc.constant(fault('restart', (world) => world.restart()))
/** What was asked of one server is answered to the next. */
const restartAsking = fc.constantFrom<Decision[]>('allow', 'deny').map((decision) =>
  fault(`restartAsking(${decision})`, (world) => {
    world.prompt({})
    world.say(STARTED)
    world.ask()
    world.restart()
    world.answer(0, decision)
  }),
)

const refuseTurn = fc.constant(fault('refuseTurn', (world) => world.refuseTurn()))
/** A turn that is over before the store says that it never was. */
const refuseCancelled = fc.constant(
  fault('refuseCancelled', (world) => {
    world.prompt({})
    world.cancel()
    world.say(CLEARED)
    world.refuseTurn()
  }),
)

export const sessionCommands: fc.Arbitrary<SessionCommand>[] = [
  delays.map((delays) => command(`prompt(${JSON.stringify(delays)})`, (world) => world.prompt(delays))),
  fc.constant(command('cancel', (world) => world.cancel())),
  // More often than the others: most of what can be told comes from the port.
  ...[portEvents, portEvents, portEvents].map((arbitrary) =>
    arbitrary.map((events) => command(`say(${nameOf(events)})`, (world) => world.say(...events))),
  ),
  fc
    .oneof(fc.array(portEvent, { maxLength: 3 }), fc.constant<PortEvent[]>([CLEARED]))
    .map((events) => command(`answerNext(${nameOf(events)})`, (world) => world.answerNext(events))),
  fc.constant(command('ask', (world) => world.ask())),
  fc
    .tuple(fc.nat(2), fc.constantFrom<Decision[]>('allow', 'deny'))
    .map(([which, decision]) =>
      command(`answer(${which}, ${decision})`, (world) => world.answer(which, decision)),
    ),
  fc.nat(2).map((which) => command(`withdraw(${which})`, (world) => world.withdraw(which))),
  fc.oneof(
    { weight: 4, arbitrary: advance },
    { weight: 2, arbitrary: silence },
    { weight: 1, arbitrary: unanswered },
  ),
  fc.oneof({ weight: 2, arbitrary: restart }, { weight: 1, arbitrary: restartAsking }),
  fc.oneof({ weight: 2, arbitrary: refuseTurn }, { weight: 1, arbitrary: refuseCancelled }),
]
