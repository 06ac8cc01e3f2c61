/** What can happen to a world, in any order: as fast-check commands. */
import fc from 'fast-check'
import { type Act, command, rarely, reader, sending, session, type WorldCommand } from './act.ts'
import type { Heeds } from './agents.ts'
import { DEEDS, LONG } from './deeds.ts'
import { SENT, SETTINGS } from './knobs.ts'
import type { From } from './reader.ts'
import { edit, given, SCENES, SELDOM_SCENES } from './scenes.ts'
import { ALL } from './tasks.ts'

const pick = fc.nat(20)
const heeds = fc.constantFrom<(Heeds | 'nothing')[]>(
  'interrupt',
  'interrupt',
  'SIGTERM',
  'SIGKILL',
  'nothing',
)
const whenBusy = fc.constantFrom<('reject' | 'queue')[]>('reject', 'queue')

/** Files that are there, and one that is not. */
const attachments = fc.constantFrom<string[][]>([], [], [], [SENT], ['attachments/none.txt'])

const prompt = fc.tuple(session, heeds, whenBusy, sending, attachments).map(
  ([of, heeds, whenBusy, sending, attachments]): Act => ({
    ...{ name: 'prompt', args: [of, heeds, whenBusy, sending, attachments] },
    act: (world) => world.prompt(of, { heeds, whenBusy, attachments, ...sending }),
  }),
)

const control = fc.tuple(fc.constantFrom('cancel', 'cancel', 'resume', 'clear'), session, sending).map(
  ([name, of, sending]): Act => ({
    ...{ name, args: [of, sending] },
    act: (world) => world[name as 'cancel'](of, sending),
  }),
)

const newest = fc.nat(2)
const queue = fc.tuple(fc.constantFrom('edit', 'remove'), session, newest, sending).map(
  ([name, of, which, sending]): Act => ({
    ...{ name, args: [of, which, sending] },
    act: (world) => world[name as 'edit'](of, which, sending),
  }),
)

const answer = fc.tuple(session, newest, given, sending).map(
  ([of, which, answer, sending]): Act => ({
    ...{ name: 'answer', args: [of, which, answer, sending] },
    act: (world) => world.answer(of, which, { answer, ...sending }),
  }),
)

const existence = fc.tuple(fc.constantFrom('delete', 'open', 'open'), session, rarely).map(
  ([name, of, doubled]): Act => ({
    ...{ name, args: [of, doubled] },
    act: (world) => world[name as 'open'](of, doubled),
  }),
)

const set = fc.tuple(session, edit, rarely).map(
  ([of, edit, doubled]): Act => ({
    ...{ name: 'set', args: [of, edit, doubled] },
    act: (world) => world.set(of, edit, doubled),
  }),
)

const repeat = fc
  .tuple(fc.constantFrom('again', 'misuse'), pick)
  .map(([name, of]): Act => ({ name, args: [of], act: (world) => world[name as 'again'](of) }))

const words = fc.constantFrom('a', 'word ', '🧯', LONG)
const deed = fc.constantFrom<(keyof typeof DEEDS)[]>('write', 'write', ...(Object.keys(DEEDS) as 'write'[]))

const agent = fc.tuple(session, deed, words).map(
  ([of, name, said]): Act => ({
    ...{ name, args: name === 'write' ? [of, said] : [of] },
    act(world) {
      const agent = world.agent(of)
      if (agent !== null) DEEDS[name](agent, said)
    },
  }),
)

/** At once, or when a turn's time is up: then what that began is on its way. */
const dieAfter = fc.constantFrom(0, 0, 0, SETTINGS.turnTimeoutMs)
const crash = fc.tuple(fc.boolean(), dieAfter, fc.boolean()).map(
  ([keep, afterMs, restart]): Act => ({
    ...{ name: restart ? 'restart' : 'crash', args: [{ keep, afterMs }] },
    async act(world) {
      await world.advance(afterMs)
      await world.crash({ keep })
      if (restart) world.start()
    },
  }),
)

/** As on SIGTERM: by itself, or for the next one to take its place. */
const stop = fc.boolean().map(
  (restart): Act => ({
    ...{ name: 'stop', args: [{ restart }] },
    async act(world) {
      world.stop()
      if (!restart) return
      await world.run(ALL)
      world.start()
    },
  }),
)

const restartMachine = fc.record({ keep: fc.boolean(), keepsRuns: fc.boolean() }).map(
  (how): Act => ({
    ...{ name: 'restartMachine', args: [how] },
    async act(world) {
      await world.restartMachine(how)
      world.start()
    },
  }),
)

const loseSupervisor = session.map(
  (of): Act => ({ name: 'loseSupervisor', args: [of], act: (world) => world.loseSupervisor(of) }),
)

const start = fc.constant<Act>({ name: 'start', args: [], act: (world) => world.start() })

const failCommits = fc
  .tuple(fc.constantFrom('storage_full', 'storage_failed'), fc.integer({ min: 1, max: 3 }))
  .map(
    ([code, times]): Act => ({
      ...{ name: 'failCommits', args: [code, times] },
      act: (world) => world.failCommits(Array<'storage_full'>(times).fill(code as 'storage_full')),
    }),
  )

/** Shorter and longer than each clock: the retry, the ladder, silence, the timeout and just before it, the result's grace. */
const advance = fc
  .constantFrom(1, 30, 510, 1_100, 6_000, 10_000, 19_400, 20_000)
  .map((ms): Act => ({ name: 'advance', args: [ms], act: (world) => world.advance(ms) }))

const attach = fc
  .tuple(reader, fc.constantFrom<From[]>('nothing', 'what it has', 'what it has', 'beyond the head'))
  .map(
    ([of, from]): Act => ({
      name: 'attach',
      args: [of, from],
      act: (world) => world.reader(of).attach(from),
    }),
  )

const network = fc
  .tuple(reader, fc.constantFrom('cut', 'reconnect', 'pause', 'resume'), fc.nat(200))
  .map(([of, what, bytes]): Act => {
    const args = what === 'cut' ? [of, bytes] : [of]
    return { name: what, args, act: (world) => world.reader(of)[what as 'cut'](bytes) }
  })

/** How often each comes: what ends much of what is going on comes seldom. */
const WEIGHTS: [number, readonly fc.Arbitrary<Act>[]][] = [
  [6, [prompt, agent]],
  [4, [control, network]],
  [2, [queue, answer, repeat, crash, start, failCommits, advance, attach, ...SCENES]],
  [1, [existence, set, stop, restartMachine, loseSupervisor, ...SELDOM_SCENES]],
]

export const worldCommands: fc.Arbitrary<WorldCommand>[] = WEIGHTS.flatMap(([weight, acts]) =>
  acts.flatMap((act) => Array<typeof act>(weight).fill(act)),
).map(command)
