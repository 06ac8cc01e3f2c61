/** Prompts that wait: a real runtime, over a store and a port that are not, asked for anything in any order. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import type { QueueAfterCancel } from '../src/runtime/queue/rules.ts'
import { withFakeTimers } from './fake-timers.ts'
import { type Ask, createQueueWorld, createSights, type QueueWorld } from './queue-world.ts'
import type { Property, Tally } from './runner/property.ts'

type Step =
  | { do: 'ask'; what: Ask }
  | { do: 'endTurn' | 'endTurnWithCommit'; how: 'ends' | 'fails' }
  | { do: 'failCommits' | 'failStarts' | 'tick'; times: number }
  | { do: 'settle' | 'restart' }

const keys = (...names: string[]) => fc.constantFrom(null, null, ...names)
const whenBusy = fc.constantFrom<('reject' | 'queue')[]>('queue', 'queue', 'reject')
const weighed = <T>(...parts: [weight: number, arbitrary: fc.Arbitrary<T>][]): fc.Arbitrary<T> =>
  fc.oneof(...parts.map(([weight, arbitrary]) => ({ weight, arbitrary })))
const endTurn = fc.constantFrom('endTurn', 'endTurn', 'endTurnWithCommit')
const ask = weighed<Ask>(
  [5, fc.record({ ask: fc.constant('prompt'), whenBusy, key: keys('p', 'q') })],
  [2, fc.record({ ask: fc.constant('edit'), pick: fc.nat(20) })],
  [1, fc.record({ ask: fc.constant('remove'), pick: fc.nat(20) })],
  [1, fc.record({ ask: fc.constant('clear') })],
  [1, fc.record({ ask: fc.constant('resume'), key: keys('r') })],
  [2, fc.record({ ask: fc.constant('cancel'), key: keys('c') })],
)
const step = weighed<Step>(
  [10, fc.record({ do: fc.constant('ask'), what: ask })],
  [5, fc.record({ do: endTurn, how: fc.constant('ends') })],
  [1, fc.record({ do: endTurn, how: fc.constant('fails') })],
  [3, fc.record({ do: fc.constantFrom('failCommits', 'failStarts'), times: fc.integer({ min: 1, max: 4 }) })],
  // A turn ends, and the next one begins, within about six turns of the event loop.
  [5, fc.record({ do: fc.constant('tick'), times: fc.integer({ min: 1, max: 8 }) })],
  [4, fc.constant({ do: 'settle' })],
  [1, fc.constant({ do: 'restart' })],
)

const isFault = (step: Step): boolean =>
  ['failCommits', 'failStarts', 'restart'].includes(step.do) ||
  (step.do === 'endTurn' && step.how === 'fails')

async function perform(world: QueueWorld, step: Step, tally: Tally): Promise<void> {
  if (isFault(step)) tally.faults++
  else tally.commands++
  if (step.do === 'ask') world.ask(step.what)
  if (step.do === 'endTurn' || step.do === 'endTurnWithCommit') world[step.do](step.how)
  if (step.do === 'failCommits' || step.do === 'failStarts') world[step.do](step.times)
  if (step.do === 'tick') await world.tick(step.times)
  if (step.do === 'restart') await world.restart()
  if (step.do !== 'settle') return
  await world.settle()
  await world.check()
}

export const queue: Property = {
  name: 'queue',
  title:
    'whatever is asked in whatever order: what is acknowledged runs once and in order, what is refused leaves no trace',
  runs: 1_000,
  open(tally) {
    const dataDir = mkdtempSync(join(tmpdir(), 'breakglass-test-'))
    const sights = createSights()
    tally.sights = sights
    // xstate says so when a server that was killed is still told of a commit.
    const { warn } = console
    console.warn = () => {}
    const steps = fc.array(step, { maxLength: 40, size: '+1' })
    const afterCancel = fc.constantFrom<QueueAfterCancel>('hold', 'run')
    return {
      check: fc.asyncProperty(steps, afterCancel, (steps, afterCancel) =>
        withFakeTimers(async (timers) => {
          const world = await createQueueWorld({ dataDir, timers, sights }, afterCancel)
          for (const step of steps) await perform(world, step, tally)
          await world.settle()
          await world.check()
          await world.drain()
        }),
      ),
      close: async () => {
        console.warn = warn
        rmSync(dataDir, { recursive: true, force: true })
      },
    }
  },
}
