/**
 * What can happen to a world, in any order: as fast-check commands. Each is a plain value, may come at any time, and says
 * how much of what is then on its way is done before the next; so each can be left out, and a failing run gets short.
 */
import fc from 'fast-check'
import type { PermissionMode } from '../../src/machines/events.ts'
import { LIMITS } from '../../src/runtime/limits.ts'
import type { Tally } from '../runner/property.ts'
import type { Heeds, SimulatedAgent } from './agents.ts'
import { SENT, SETTINGS } from './knobs.ts'
import type { From } from './reader.ts'
import { ALL, type Order } from './tasks.ts'
import type { World } from './world.ts'

/** The world holds all there is to know: nothing is needed to choose a command. */
export type WorldCommand = fc.AsyncCommand<Tally, World>

const picks = fc.array(fc.nat(6), { minLength: 1, maxLength: 8 })

/** What is done of all that is on its way after a command: nothing, a part, or all. */
const order: fc.Arbitrary<Order | null> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.constant(ALL) },
  { weight: 5, arbitrary: fc.record({ picks, all: fc.boolean() }) },
)

const describeOrder = ({ picks, all }: Order): string =>
  `then ${all ? 'all tasks' : 'tasks'} in order ${picks.join(' ')}`

type Act = { name: string; args: unknown[]; act: (world: World) => void | Promise<void> }

const command = (acts: fc.Arbitrary<Act>): fc.Arbitrary<WorldCommand> =>
  fc.tuple(acts, order).map(([{ name, args, act }, order]) => ({
    check: () => true,
    async run(tally, world) {
      tally.commands++
      await act(world)
      // Nothing at all: what comes next comes in the same tick.
      if (order !== null) await world.run(order)
    },
    toString: () =>
      `${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})${order === null ? '' : ` ${describeOrder(order)}`}`,
  }))

const session = fc.nat(1)
const reader = fc.nat(2)
const pick = fc.nat(20)
const heeds = fc.constantFrom<(Heeds | 'nothing')[]>(
  'interrupt',
  'interrupt',
  'SIGTERM',
  'SIGKILL',
  'nothing',
)
const rarely = fc.nat(4).map((value) => value === 4)
const sending = fc.record({ keyed: fc.boolean(), doubled: rarely })
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

const given = fc.constantFrom<('allow' | 'deny' | 'always')[]>('allow', 'deny', 'always')
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

const permissionMode = fc.constantFrom<PermissionMode[]>('ask', 'acceptEdits', 'bypass')
const edit = fc.oneof(
  fc.constant({}),
  fc.record({ archived: fc.boolean() }),
  fc.record({ permissionMode }),
  fc.record({ model: fc.constantFrom('opus', null) }),
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

const LONG = 'long '.repeat(60)
const words = fc.constantFrom('a', 'word ', '🧯', LONG)
const DEEDS = {
  write: (agent: SimulatedAgent, words: string) => agent.write(words),
  pour(agent: SimulatedAgent) {
    for (let blocks = 0; blocks < 6; blocks++) {
      agent.write(LONG)
      agent.finishBlock()
    }
  },
  finishBlock: (agent: SimulatedAgent) => agent.finishBlock(),
  ask: (agent: SimulatedAgent) => agent.ask(),
  takeBack: (agent: SimulatedAgent) => agent.takeBack(),
  conclude: (agent: SimulatedAgent) => agent.conclude(),
  complain: (agent: SimulatedAgent) => agent.conclude(true),
  leave: (agent: SimulatedAgent) => agent.leave(0),
  fail: (agent: SimulatedAgent) => agent.leave(3),
}
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

/** A few tasks, as far as they lead. */
const few = fc.nat(4)
const runFew = (world: World, count: number): Promise<void> =>
  world.run({ picks: Array(count).fill(0), all: false })

const restart = async (world: World): Promise<void> => {
  await world.crash({ keep: true })
  world.start()
}

/** An agent asks, and is answered: by whom comes first, to the next server, or to one that dies on it. */
const question = fc
  .tuple(
    session,
    fc.constantFrom('none', 'before', 'within'),
    few,
    fc.array(given, { minLength: 1, maxLength: 2 }),
  )
  .map(
    ([of, crash, count, answers]): Act => ({
      ...{ name: 'question', args: [of, { crash, tasks: count }, answers] },
      async act(world) {
        world.agent(of)?.ask()
        await world.run(ALL)
        if (crash === 'before') {
          await restart(world)
          await world.run(ALL)
        }
        for (const answer of answers) world.answer(of, 0, { answer, keyed: true, doubled: false })
        if (crash !== 'within') return
        await runFew(world, count)
        await restart(world)
      },
    }),
  )

/** The disk is full, and whoever is refused asks again at once. */
const insist = fc.tuple(session, fc.constantFrom('cancel', 'resume')).map(
  ([of, name]): Act => ({
    ...{ name: 'insist', args: [of, name] },
    async act(world) {
      world.failCommits(['storage_full'])
      world[name as 'cancel'](of, { keyed: true, doubled: false })
      await world.run(ALL)
      world.again(0)
    },
  }),
)

/** What is allowed for good holds for the next turn, whatever is set in between but a permission mode. */
const allowance = fc.tuple(session, fc.option(edit), sending).map(
  ([of, edit, sending]): Act => ({
    ...{ name: 'allowance', args: [of, edit, sending] },
    async act(world) {
      world.agent(of)?.ask()
      await world.run(ALL)
      world.answer(of, 0, { answer: 'always', ...sending })
      await world.run(ALL)
      world.agent(of)?.leave(0)
      await world.run(ALL)
      if (edit !== null) world.set(of, edit)
      await world.run(ALL)
      world.prompt(of, { heeds: 'interrupt', whenBusy: 'reject', ...sending })
    },
  }),
)

/** The supervisor goes before it has begun its agent. */
const loseStart = fc.tuple(session, few, sending).map(
  ([of, count, sending]): Act => ({
    ...{ name: 'loseStart', args: [of, count, sending] },
    async act(world) {
      world.prompt(of, { heeds: 'interrupt', whenBusy: 'reject', ...sending })
      await runFew(world, count)
      world.loseSupervisor(of)
    },
  }),
)

/** A session is deleted while its turn runs and a prompt waits, all the way or until the server dies; another is opened. */
const replace = fc.tuple(session, fc.option(fc.nat(6)), rarely).map(
  ([of, count, doubled]): Act => ({
    ...{ name: 'replace', args: [of, { crashAfter: count }, doubled] },
    async act(world) {
      world.delete(of, doubled)
      if (count === null) await world.run(ALL)
      else {
        await runFew(world, count)
        await restart(world)
        await world.run(ALL)
      }
      world.open(of)
      await world.run(ALL)
      world.open(of)
    },
  }),
)

/** A prompt comes while a session is deleted: by one or by two, of whom the first cannot have it on a full disk. */
const deleteAndPrompt = fc.tuple(session, fc.boolean(), few, sending).map(
  ([of, twice, count, sending]): Act => ({
    ...{ name: 'deleteAndPrompt', args: [of, { twice }, count, sending] },
    async act(world) {
      if (twice) world.failCommits(['storage_full'])
      world.delete(of, twice)
      await runFew(world, count)
      world.prompt(of, { heeds: 'interrupt', whenBusy: 'reject', ...sending })
    },
  }),
)

/** What could not be stored is, before the server stops. */
const stopOnFullDisk = fc.tuple(session, sending).map(
  ([of, sending]): Act => ({
    ...{ name: 'stopOnFullDisk', args: [of, sending] },
    async act(world) {
      world.failCommits(['storage_full'])
      world.cancel(of, sending)
      await world.run(ALL)
      world.stop()
      await world.advance(LIMITS.storeRetryMs)
    },
  }),
)

/** A prompt waits, and when the turn before it ends, it is edited: whichever is first. */
const editAtStart = fc.tuple(session, sending).map(
  ([of, sending]): Act => ({
    ...{ name: 'editAtStart', args: [of, sending] },
    async act(world) {
      world.prompt(of, { heeds: 'interrupt', whenBusy: 'queue', ...sending })
      await world.run(ALL)
      world.agent(of)?.leave(0)
      world.edit(of, 0, sending)
    },
  }),
)

/** Prompts wait with their files, and are changed or taken back; then the turn before them ends. */
const whileWaiting = fc.tuple(session, fc.constantFrom('edit', 'remove', 'clear'), sending).map(
  ([of, how, sending]): Act => ({
    ...{ name: 'whileWaiting', args: [of, how, sending] },
    async act(world) {
      for (const attachments of [[SENT], []])
        world.prompt(of, { heeds: 'interrupt', whenBusy: 'queue', attachments, ...sending })
      await world.run(ALL)
      if (how === 'clear') world.clear(of, sending)
      else world[how as 'edit'](of, 1, sending)
      await world.run(ALL)
      world.agent(of)?.leave(0)
    },
  }),
)

/** A prompt waits, its turn cannot be stored, and another prompt comes meanwhile. */
const overtake = fc.tuple(session, few, sending).map(
  ([of, count, sending]): Act => ({
    ...{ name: 'overtake', args: [of, count, sending] },
    async act(world) {
      world.prompt(of, { heeds: 'interrupt', whenBusy: 'queue', ...sending })
      await world.run(ALL)
      world.agent(of)?.leave(0)
      await runFew(world, count)
      world.failCommits(['storage_full'])
      await world.run(ALL)
      world.prompt(of, { heeds: 'interrupt', whenBusy: 'reject', ...sending })
    },
  }),
)

/** The model's API fails in the midst of a block that has been shown. */
const retract = session.map(
  (of): Act => ({
    ...{ name: 'retract', args: [of] },
    async act(world) {
      world.agent(of)?.write('word ')
      await world.run(ALL)
      world.agent(of)?.takeBack()
    },
  }),
)

/** A reader stops reading while much is said, for as long as the server has patience: chance would hardly come so far. */
const stuck = reader.map(
  (of): Act => ({
    ...{ name: 'stuck', args: [of] },
    async act(world) {
      world.reader(of).pause()
      const agent = world.agent(of)
      if (agent !== null) DEEDS.pour(agent)
      await world.run(ALL)
      await world.advance(LIMITS.stalledMsMax)
    },
  }),
)

/** How often each comes: what ends much of what is going on comes seldom. */
const WEIGHTS: [number, fc.Arbitrary<Act>[]][] = [
  [6, [prompt, agent]],
  [4, [network]],
  [2, [control, queue, answer, repeat, crash, start, failCommits, advance, attach]],
  [2, [stuck, question, editAtStart, overtake, whileWaiting, retract, insist]],
  [1, [existence, set, stop, restartMachine, loseSupervisor]],
  [1, [allowance, loseStart, replace, deleteAndPrompt, stopOnFullDisk]],
]

export const worldCommands: fc.Arbitrary<WorldCommand>[] = WEIGHTS.flatMap(([weight, acts]) =>
  acts.flatMap((act) => Array<typeof act>(weight).fill(act)),
).map(command)
