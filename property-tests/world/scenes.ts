/** What chance hardly ever does: several things that have to come in one order, each scene a command of its own. */
import fc from 'fast-check'
import type { PermissionMode } from '../../src/machines/events.ts'
import { LIMITS } from '../../src/runtime/limits.ts'
import { type Act, rarely, reader, sending, session } from './act.ts'
import type { SimulatedAgent } from './agents.ts'
import { DEEDS } from './deeds.ts'
import { SENT, SETTINGS } from './knobs.ts'
import { ALL } from './tasks.ts'
import type { World } from './world.ts'

export const given = fc.constantFrom<('allow' | 'deny' | 'always')[]>('allow', 'deny', 'always')

const permissionMode = fc.constantFrom<PermissionMode[]>('ask', 'acceptEdits', 'bypass')
export const edit = fc.oneof(
  fc.constant({}),
  fc.record({ archived: fc.boolean() }),
  fc.record({ permissionMode }),
  fc.record({ model: fc.constantFrom('opus', null) }),
)

/** A few tasks, as far as they lead. */
const few = fc.nat(4)
const runFew = (world: World, count: number): Promise<void> =>
  world.run({ picks: Array(count).fill(0), all: false })

const restart = async (world: World): Promise<void> => {
  await world.crash({ keep: true })
  world.start()
}

/** The agent of a session; where none runs, a turn is begun. */
const agentOf = async (world: World, of: number): Promise<SimulatedAgent | null> => {
  if (world.agent(of) === null)
    world.prompt(of, { heeds: 'interrupt', whenBusy: 'reject', keyed: false, doubled: false })
  await world.run(ALL)
  return world.agent(of)
}

/** An agent asks, and is answered: by whom comes first, to the next server, or to one that dies on it; or by nobody. */
const question = fc
  .tuple(session, fc.constantFrom('none', 'before', 'within'), few, fc.array(given, { maxLength: 2 }))
  .map(
    ([of, crash, count, answers]): Act => ({
      ...{ name: 'question', args: [of, { crash, tasks: count }, answers] },
      async act(world) {
        const agent = await agentOf(world, of)
        agent?.ask()
        await world.run(ALL)
        if (crash === 'before') {
          await restart(world)
          await world.run(ALL)
        }
        if (answers.length === 0) await world.advance(SETTINGS.approvalTimeoutMs)
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
      const agent = await agentOf(world, of)
      agent?.ask()
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

/** A reader sees a block being written, word by word; it is left so, finished, or the model's API fails in its midst. */
const watch = fc.tuple(session, fc.constantFrom('write', 'finishBlock', 'takeBack')).map(
  ([of, then]): Act => ({
    ...{ name: 'watch', args: [of, then] },
    async act(world) {
      world.reader(of).attach('what it has')
      const agent = await agentOf(world, of)
      for (const words of ['word ', 'and word']) {
        agent?.write(words)
        await world.run(ALL)
      }
      if (agent !== null) DEEDS[then as 'write'](agent, 'more')
    },
  }),
)

/** A turn's time is up, and the server dies on that. */
const dieAtTimeout = fc.tuple(session, fc.boolean(), few).map(
  ([of, keep, count]): Act => ({
    ...{ name: 'dieAtTimeout', args: [of, keep, count] },
    async act(world) {
      await agentOf(world, of)
      await world.advance(SETTINGS.turnTimeoutMs)
      await runFew(world, count)
      await world.crash({ keep })
      world.start()
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

export const SCENES: readonly fc.Arbitrary<Act>[] = [
  ...[stuck, question, editAtStart, overtake, whileWaiting, watch, insist, deleteAndPrompt],
]
export const SELDOM_SCENES: readonly fc.Arbitrary<Act>[] = [
  ...[allowance, loseStart, loseStart, replace, stopOnFullDisk, dieAtTimeout],
]
