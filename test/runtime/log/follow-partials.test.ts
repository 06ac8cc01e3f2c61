import fc from 'fast-check'
import PQueue from 'p-queue'
import { expect, test, vi } from 'vitest'
import { followWriting, nothingWritten, type Writing } from '../../../src/client/writing.ts'
import type { Event, OutputRecord, Partial, UnfinishedBlock } from '../../../src/machines/events.ts'
import { follow } from '../../../src/runtime/log/follow.ts'
import { createMemoryStore } from '../../support/memory-store.ts'
import { eventsOf, type OpenLog, openLog, openTurn, turnEnd, turnStart, user } from './given.ts'

const block = (number: number, text: string): UnfinishedBlock => ({ block: number, kind: 'text', text })
const finished = (number: number, text: string): OutputRecord => ({ kind: 'text', block: number, text })

/** Follows a log as a client does, and puts together what it gets. */
function attach({ log }: OpenLog, after = -1) {
  const seen: ({ event: Event } | { partial: Partial } | 'caught-up')[] = []
  const frames: Buffer[] = []
  let writing: Writing = nothingWritten
  let takes = true
  const follower = follow(
    log,
    after,
    {
      write(segment) {
        for (const event of eventsOf(segment)) {
          seen.push({ event })
          writing = followWriting(writing, { type: 'event', event })
        }
        return takes
      },
      caughtUp: (lastEventId, state) => {
        seen.push('caught-up')
        writing = followWriting(writing, { type: 'caught-up', lastEventId, state })
      },
      partial(frame) {
        frames.push(frame)
        const partial = JSON.parse(/^data: (.*)$/m.exec(frame.toString())![1]!)
        seen.push({ partial })
        writing = followWriting(writing, { type: 'partial', ...partial })
        return takes
      },
      failed: (error) => expect.unreachable(String(error)),
    },
    new PQueue({ concurrency: 1 }),
  )
  return {
    follower,
    frames,
    get partials() {
      return seen.flatMap((item) => (typeof item === 'object' && 'partial' in item ? [item.partial] : []))
    },
    get texts() {
      return writing.map(({ text }) => text)
    },
    get kinds() {
      return seen.map((item) => (item === 'caught-up' ? item : 'event' in item ? item.event.kind : 'partial'))
    },
    seen,
    become(ready: boolean): void {
      takes = ready
      if (ready) follower.resume()
    },
  }
}

async function say({ log }: OpenLog, records: OutputRecord[], blocks: UnfinishedBlock[]): Promise<void> {
  log.append(records.map((record) => ({ ...record, turn: 1 })))
  log.partials.set(1, blocks, records)
  await log.durable()
}

test('a client gets the unfinished block so far right after it has caught up, then what is added', async () => {
  const opened = await openTurn()
  await say(opened, [], [block(0, 'so ')])
  const client = attach(opened)
  client.follower.resume()
  await say(opened, [], [block(0, 'so far')])
  await say(opened, [], [block(0, 'so far.')])
  await say(opened, [finished(0, 'so far.')], [])
  expect(client.kinds).toEqual([
    ...['user', 'turn_start', 'caught-up', 'partial', 'partial', 'partial', 'text'],
  ])
  expect(client.partials).toMatchObject([
    { turn: 1, block: 0, kind: 'text', offset: 0, text: 'so ' },
    { offset: 3, text: 'far' },
    { offset: 6, text: '.' },
  ])
})

test('clients at the same offset are sent the same bytes', async () => {
  const opened = await openTurn()
  const clients = [attach(opened), attach(opened), attach(opened)]
  for (const { follower } of clients) follower.resume()
  await say(opened, [], [block(0, 'a')])
  await say(opened, [], [block(0, 'ab')])
  for (const { frames } of clients) {
    expect(frames).toHaveLength(2)
    for (const [at, frame] of frames.entries()) expect(frame).toBe(clients[0]!.frames[at])
  }
})

test('a client that is not ready is sent nothing, and then all that was added at once', async () => {
  const opened = await openTurn()
  const client = attach(opened)
  client.follower.resume()
  client.become(false)
  for (const text of ['a', 'ab', 'abc']) await say(opened, [], [block(0, text), block(1, `${text}${text}`)])
  expect(client.partials).toHaveLength(1)
  client.become(true)
  expect(client.partials.slice(1)).toMatchObject([
    { block: 0, offset: 1, text: 'bc' },
    { block: 1, offset: 0, text: 'abcabc' },
  ])
})

test('a client that replays is sent nothing of it before it has caught up', async () => {
  const store = createMemoryStore()
  const first = await openLog(store)
  first.log.append([user('hi'), turnStart()])
  await first.log.durable()
  await say(first, [finished(0, 'x'.repeat(300_000)), finished(1, 'y')], [])
  // Nothing of it is in memory: it comes from the store.
  const opened = await openLog(store)
  const client = attach(opened)
  client.follower.resume()
  await say(opened, [], [block(2, 'a')])
  await say(opened, [], [block(2, 'ab')])
  while (!client.kinds.includes('caught-up')) await new Promise(setImmediate)
  expect(client.kinds).toEqual(['user', 'turn_start', 'text', 'text', 'caught-up', 'partial'])
  expect(client.texts).toEqual(['ab'])
})

test('a client that is ahead of what is known to be stored is sent nothing that may be finished already', async () => {
  const store = createMemoryStore()
  const first = await openLog(store)
  first.log.append([user('hi'), turnStart()])
  await first.log.durable()
  const committed = Promise.withResolvers<void>()
  const { commit } = store
  // A store far away: it has committed, and its answer is still on the way when somebody reads.
  store.commit = async (appends) => {
    await commit(appends)
    await committed.promise
  }
  const opened = await openLog(store)
  opened.log.partials.set(1, [block(0, 'a')], [])
  const said = say(opened, [finished(0, 'ab')], [])
  await new Promise(setImmediate)
  const client = attach(opened)
  client.follower.resume()
  while (!client.kinds.includes('text')) await new Promise(setImmediate)
  await new Promise(setImmediate)
  client.follower.resume()
  expect(client.kinds).toEqual(['user', 'turn_start', 'text'])
  committed.resolve()
  await said
  expect(client.kinds).toEqual(['user', 'turn_start', 'text', 'caught-up'])
})

test('a block that is given up is taken back from those who have some of it, and from nobody else', async () => {
  const opened = await openTurn()
  const [early, full] = [attach(opened), attach(opened)]
  for (const { follower } of [early, full]) follower.resume()
  await say(opened, [], [block(0, 'a')])
  full.become(false)
  await say(opened, [], [block(0, 'ab')])
  const late = attach(opened)
  await say(opened, [], [block(1, 'c')])
  late.follower.resume()
  expect(late.partials).toMatchObject([{ block: 1 }])
  full.become(true)
  for (const client of [early, full]) {
    expect(client.partials.slice(-2)).toMatchObject([
      { block: 0, offset: 0, text: '' },
      { block: 1, offset: 0, text: 'c' },
    ])
    expect(client.texts).toEqual(['c'])
  }
})

test('a block that is given up and begun again under the same number begins anew for everybody', async () => {
  const opened = await openTurn()
  const [ready, full] = [attach(opened), attach(opened)]
  for (const { follower } of [ready, full]) follower.resume()
  await say(opened, [], [block(0, 'first try')])
  full.become(false)
  await say(opened, [], [block(0, 'first try!')])
  await say(opened, [], [])
  await say(opened, [], [block(0, 'again')])
  full.become(true)
  for (const client of [ready, full]) expect(client.texts).toEqual(['again'])
})

test('nothing of a turn follows its end, whatever was left unfinished', async () => {
  const opened = await openTurn()
  const [ready, full] = [attach(opened), attach(opened)]
  for (const { follower } of [ready, full]) follower.resume()
  await say(opened, [], [block(0, 'a')])
  full.become(false)
  await say(opened, [], [block(0, 'ab')])
  await say(opened, [], [])
  opened.log.append([turnEnd()])
  await opened.log.durable()
  full.become(true)
  for (const client of [ready, full]) {
    expect(client.kinds.at(-1)).toBe('turn_end')
    expect(client.texts).toEqual([])
  }
  opened.log.append([user('next', 2), turnStart(2)])
  await opened.log.durable()
  opened.log.partials.set(2, [block(0, 'b')], [])
  for (const client of [ready, full]) {
    expect(client.partials.at(-1)).toMatchObject({ turn: 2, block: 0, offset: 0, text: 'b' })
    expect(client.texts).toEqual(['b'])
  }
})

test('nothing of it comes before the follower is told to begin', async () => {
  const opened = await openTurn()
  const client = attach(opened)
  await say(opened, [], [block(0, 'a')])
  expect(client.seen).toEqual([])
  client.follower.resume()
  expect(client.texts).toEqual(['a'])
})

test('a follower that is stopped, or takes no partials, costs what is being written nothing', async () => {
  const opened = await openTurn()
  const unsubscribe = vi.fn()
  const onChange = vi.spyOn(opened.log.partials, 'onChange').mockReturnValueOnce(unsubscribe)
  const client = attach(opened)
  client.follower.resume()
  client.follower.stop()
  expect(unsubscribe).toHaveBeenCalledTimes(1)
  const sink = { write: () => true, caughtUp() {}, failed() {} }
  const follower = follow(opened.log, -1, sink, new PQueue({ concurrency: 1 }))
  follower.resume()
  expect(onChange).toHaveBeenCalledTimes(1)
  await say(opened, [], [block(0, 'a')])
  expect(client.partials).toEqual([])
  follower.stop()
})

test('whatever is written, finished and given up, however full the clients: each has what it should, in order', async () => {
  type Step =
    | { do: 'write'; add: string[]; finish: number[]; drop: number[] }
    | { do: 'attach'; after: number }
    | { do: 'full' | 'ready'; who: number }
    | { do: 'turn' }
  const picks = fc.array(fc.nat(3), { maxLength: 2 })
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('write' as const),
        add: fc.array(fc.constantFrom('', 'a', 'bc', '🧯', '\ud83e', '\uddef'), { maxLength: 4 }),
        finish: picks,
        drop: picks,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('attach' as const), after: fc.nat(20) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('full' as const, 'ready' as const), who: fc.nat(3) }),
    },
    { weight: 2, arbitrary: fc.constant({ do: 'turn' as const }) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const opened = await openTurn()
      const clients: ReturnType<typeof attach>[] = []
      let blocks: UnfinishedBlock[] = []
      let next = 0
      const write = async ({ add, finish, drop }: Step & { do: 'write' }): Promise<void> => {
        // As the port does it: nothing more while records are not stored.
        await opened.log.durable()
        const ended = blocks.filter((_, at) => finish.includes(at))
        blocks = blocks.filter((_, at) => !finish.includes(at) && !drop.includes(at))
        blocks = blocks.map((part, at) => ({ ...part, text: part.text + (add[at] ?? '') }))
        for (const text of add.slice(blocks.length)) if (text !== '') blocks.push(block(next++, text))
        const records = ended.map(({ block, text }) => finished(block, text))
        opened.log.append(records.map((record) => ({ ...record, turn: 1 })))
        opened.log.partials.set(1, blocks, records)
      }
      for (const step of steps) {
        const chosen = 'who' in step ? clients[step.who % Math.max(1, clients.length)] : undefined
        if (step.do === 'write') await write(step)
        if (step.do === 'turn') await new Promise(setImmediate)
        if (step.do === 'full') chosen?.become(false)
        if (step.do === 'ready') chosen?.become(true)
        if (step.do === 'attach') {
          const client = attach(opened, Math.min(step.after - 1, opened.log.fold.lastEventId))
          clients.push(client)
          client.follower.resume()
        }
      }
      await opened.log.durable()
      for (const client of clients) {
        client.become(true)
        const expected = blocks
          .map(({ text }) => text.replace(/[\ud800-\udbff]$/, '').toWellFormed())
          .filter((text) => text !== '')
        expect([...client.texts].sort()).toEqual(expected.sort())
        const done = new Set<number>()
        let caughtUp = false
        for (const item of client.seen) {
          if (item === 'caught-up') caughtUp = true
          else if ('event' in item && 'block' in item.event) done.add(item.event.block)
          else if ('partial' in item) {
            expect(caughtUp).toBe(true)
            expect(done.has(item.partial.block)).toBe(false)
            expect(item.partial.text.isWellFormed()).toBe(true)
          }
        }
        client.follower.stop()
      }
    }),
    { numRuns: 400 },
  )
})
