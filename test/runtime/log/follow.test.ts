import fc from 'fast-check'
import PQueue from 'p-queue'
import { expect, test, vi } from 'vitest'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { follow } from '../../../src/runtime/log/follow.ts'
import type { Segment } from '../../../src/runtime/log/frames.ts'
import { createMemoryStore, type MemoryStore } from '../../support/memory-store.ts'
import { until } from '../../support/until.ts'
import { idsOf, type OpenLog, openLog, text, turnStart, user } from './given.ts'

type Log = OpenLog['log']

/** Follows a log and tells what came. The sink takes everything unless told not to. */
function attach(log: Log, after: number, replays = new PQueue({ concurrency: 1 })) {
  const seen = { ids: [] as number[], waiting: [] as number[], caughtUp: [] as [number, string][], writes: 0 }
  const caughtUp = Promise.withResolvers<void>()
  const failed = Promise.withResolvers<unknown>()
  let takes = true
  const follower = follow(
    log,
    after,
    {
      write(segment: Segment) {
        seen.writes++
        seen.ids.push(...idsOf(segment))
        return takes
      },
      caughtUp(lastEventId, state) {
        seen.caughtUp.push([lastEventId, state])
        caughtUp.resolve()
      },
      waiting: (bytes) => void seen.waiting.push(bytes),
      failed: failed.resolve,
    },
    replays,
  )
  return {
    seen,
    follower,
    caughtUp: caughtUp.promise,
    failed: failed.promise,
    become(ready: boolean): void {
      takes = ready
    },
  }
}

const append = async ({ log }: { log: Log }, ...words: string[]) => {
  log.append(words.map((word) => text(word)))
  await log.durable()
}

const upTo = (last: number, after = -1): number[] =>
  Array.from({ length: last - after }, (_, index) => after + 1 + index)

/** A store with many commits of events that fill several pages, and a log that has nothing of them in memory. */
async function replayOf(commits: number, bytes = 20_000) {
  const store = createMemoryStore()
  const first = await openLog(store)
  for (let count = 0; count < commits; count++) await append(first, 'x'.repeat(bytes), 'y')
  return openLog(store)
}

test('from every cursor, a log in memory gives what follows, and then that it is all', async () => {
  const opened = await openLog()
  opened.log.append([user('hi'), turnStart()])
  await append(opened, 'a', 'b', 'c')
  for (let after = -1; after <= 4; after++) {
    const { seen, follower } = attach(opened.log, after)
    follower.resume()
    expect(seen.ids).toEqual(upTo(4, after))
    expect(seen.caughtUp).toEqual([[4, 'running']])
    expect(follower.cursor).toBe(4)
  }
})

test('from every cursor, a log in the store gives what follows, in pages', async () => {
  const opened = await replayOf(40)
  for (let after = -1; after <= 79; after += 8) {
    const { seen, follower, caughtUp } = attach(opened.log, after)
    follower.resume()
    await caughtUp
    expect(seen.ids).toEqual(upTo(79, after))
    expect(seen.caughtUp).toEqual([[79, 'idle']])
    if (after === -1) expect(seen.writes).toBeGreaterThan(2)
  }
})

test('nothing comes before the follower is told to begin', async () => {
  const opened = await openLog()
  await append(opened, 'a')
  const { seen, follower } = attach(opened.log, -1)
  expect([seen.ids, seen.caughtUp]).toEqual([[], []])
  follower.resume()
  expect(seen.ids).toEqual([0])
})

test('an empty log is caught up with at once', async () => {
  const { log } = await openLog()
  const { seen, follower } = attach(log, -1)
  follower.resume()
  expect(seen.caughtUp).toEqual([[-1, 'idle']])
})

test('what is appended later comes live, and that the replay is over is said once', async () => {
  const opened = await openLog()
  const { seen, follower } = attach(opened.log, -1)
  follower.resume()
  for (const word of ['a', 'b', 'c']) await append(opened, word)
  expect(seen.ids).toEqual([0, 1, 2])
  expect(seen.caughtUp).toHaveLength(1)
})

test('a sink that is full gets nothing until it is ready, and then all of it at once', async () => {
  const opened = await openLog()
  const { seen, follower, become } = attach(opened.log, -1)
  follower.resume()
  become(false)
  for (const word of ['a', 'b', 'c']) await append(opened, word)
  expect(seen.ids).toEqual([0])
  expect(follower.cursor).toBe(0)
  become(true)
  follower.resume()
  expect(seen.ids).toEqual([0, 1, 2])
  expect(seen.writes).toBe(2)
})

test('a full sink is told how much came to wait for it, commit by commit', async () => {
  const opened = await openLog()
  const { seen, follower, become } = attach(opened.log, -1)
  follower.resume()
  become(false)
  await append(opened, 'a')
  expect(seen.waiting).toEqual([])
  await append(opened, 'b')
  await append(opened, 'cc', 'd')
  const size = (after: number, last: number): number =>
    opened.log.readTail(after, Number.POSITIVE_INFINITY)!.frames.length -
    (opened.log.readTail(last, Number.POSITIVE_INFINITY)?.frames.length ?? 0)
  expect(seen.waiting).toEqual([size(0, 1), size(1, 3)])
  become(true)
  follower.resume()
  await append(opened, 'e')
  expect(seen.waiting).toHaveLength(2)
  expect(seen.ids).toEqual([0, 1, 2, 3, 4])
})

test('a slow follower does not hold up another', async () => {
  const opened = await openLog()
  const slow = attach(opened.log, -1)
  const fast = attach(opened.log, -1)
  slow.become(false)
  for (const { follower } of [slow, fast]) follower.resume()
  for (const word of ['a', 'b', 'c']) await append(opened, word)
  expect(slow.seen.ids).toEqual([0])
  expect(fast.seen.ids).toEqual([0, 1, 2])
})

test('what is committed while the store is read is neither lost nor doubled', async () => {
  const opened = await replayOf(3)
  let reads = 0
  opened.store.holdAt(async (what) => {
    if (what === 'read' && reads++ === 0) {
      opened.log.append([text('meanwhile')])
      await opened.log.durable()
      await append(opened, 'and more')
    }
  })
  const { seen, follower, caughtUp } = attach(opened.log, -1)
  follower.resume()
  await caughtUp
  expect(seen.ids).toEqual(upTo(7))
  expect(seen.caughtUp).toHaveLength(1)
})

test('no end of the replay is told that lies before what was delivered', async () => {
  const opened = await replayOf(1)
  const committed = Promise.withResolvers<void>()
  // A store far away: it has committed, and its answer is still on the way when somebody reads.
  const store: MemoryStore = Object.assign(opened.store, {
    commit: intercept(opened.store.commit, () => committed.promise),
  })
  const { log } = await openLog(store)
  log.append([text('new')])
  await until(async () => expect(idsOf(await store.read('session', 1, 1))).toEqual([2]))
  const { seen, follower, caughtUp } = attach(log, -1)
  follower.resume()
  await until(() => expect(seen.ids).toEqual([0, 1, 2]))
  committed.resolve()
  await log.durable()
  await caughtUp
  expect(seen.caughtUp).toEqual([[2, 'idle']])
  expect(seen.ids).toEqual([0, 1, 2])
})

/** The same function, which does something more before its answer arrives. */
const intercept =
  <A extends unknown[]>(call: (...args: A) => Promise<void>, then: () => Promise<void>) =>
  async (...args: A): Promise<void> => {
    await call(...args)
    await then()
  }

test('a follower that is stopped gets nothing more, while live or in the middle of a page', async () => {
  const live = await openLog()
  const attached = attach(live.log, -1)
  attached.follower.resume()
  attached.follower.stop()
  await append(live, 'a')
  attached.follower.resume()
  expect(attached.seen.ids).toEqual([])

  const opened = await replayOf(3)
  const read = Promise.withResolvers<void>()
  opened.store.holdAt(async () => read.resolve())
  const replays = new PQueue({ concurrency: 1 })
  const replaying = attach(opened.log, -1, replays)
  replaying.follower.resume()
  await read.promise
  replaying.follower.stop()
  await replays.onIdle()
  await new Promise(setImmediate)
  expect(replaying.seen).toMatchObject({ ids: [], caughtUp: [] })
})

test('a follower that waits for its turn to read and is stopped does not read', async () => {
  const opened = await replayOf(2)
  const replays = new PQueue({ concurrency: 1, autoStart: false })
  const read = vi.spyOn(opened.log, 'readStore')
  const { follower } = attach(opened.log, -1, replays)
  follower.resume()
  follower.stop()
  replays.start()
  await replays.onIdle()
  expect(read).not.toHaveBeenCalled()
})

test('a store that cannot be read ends the follower, and the sink hears why, once', async () => {
  const opened = await replayOf(2)
  opened.store.holdAt(async () => {
    throw new Error('the disk is gone')
  })
  const { seen, follower, failed } = attach(opened.log, -1)
  follower.resume()
  expect(await failed).toEqual(new Error('the disk is gone'))
  opened.store.holdAt(async () => {})
  await append(opened, 'more')
  follower.resume()
  expect(seen.ids).toEqual([])
})

test('a log whose events are gone from the store is a failure, not a silence', async () => {
  const opened = await replayOf(1)
  await opened.store.remove('session', '')
  const { follower, failed } = attach(opened.log, -1)
  follower.resume()
  expect(await failed).toEqual(new Error('no events behind -1 in the store'))
})

test('replays take turns, page by page', async () => {
  const opened = await replayOf(40)
  const replays = new PQueue({ concurrency: 1 })
  const order: string[] = []
  const readStore = opened.log.readStore
  const logFor = (name: string): Log => ({
    ...opened.log,
    get fold() {
      return opened.log.fold
    },
    readStore: (after, bytesMax) => {
      order.push(name)
      expect(bytesMax).toBe(LIMITS.pageBytesMax)
      return readStore(after, bytesMax)
    },
  })
  const followers = ['a', 'b'].map((name) => attach(logFor(name), -1, replays))
  for (const { follower } of followers) follower.resume()
  await Promise.all(followers.map(({ caughtUp }) => caughtUp))
  expect(order.slice(0, 6).join('')).toBe('ababab')
})

test('whatever is appended, however full the sinks, wherever the cursors: each event comes once, in order', async () => {
  type Step =
    | { do: 'append'; sizes: number[] }
    | { do: 'attach'; after: number }
    | { do: 'full' | 'ready' | 'turn'; who: number }
  const who = fc.nat(4)
  const step: fc.Arbitrary<Step> = fc.oneof(
    // Sizes that overflow the tail and the page now and then.
    fc.record({
      do: fc.constant('append' as const),
      sizes: fc.array(fc.constantFrom(1, 1_000, 100_000, 300_000), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ do: fc.constant('attach' as const), after: fc.nat(20) }),
    fc.record({ do: fc.constantFrom('full' as const, 'ready' as const, 'turn' as const), who }),
  )
  const words = new Map([1, 1_000, 100_000, 300_000].map((size) => [size, 'x'.repeat(size)]))
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const opened = await openLog()
      const replays = new PQueue({ concurrency: 1 })
      const attached: (ReturnType<typeof attach> & { from: number })[] = []
      for (const step of steps) {
        const chosen = 'who' in step ? attached[step.who % Math.max(1, attached.length)] : undefined
        if (step.do === 'append') opened.log.append(step.sizes.map((size) => text(words.get(size)!)))
        if (step.do === 'turn') await new Promise(setImmediate)
        if (step.do === 'full') chosen?.become(false)
        if (step.do === 'ready') {
          chosen?.become(true)
          chosen?.follower.resume()
        }
        if (step.do === 'attach') {
          const from = Math.min(step.after - 1, opened.log.fold.lastEventId)
          const next = { ...attach(opened.log, from, replays), from }
          attached.push(next)
          next.follower.resume()
        }
      }
      await opened.log.durable()
      const last = opened.log.fold.lastEventId
      for (const { seen, from, follower, become, caughtUp } of attached) {
        become(true)
        follower.resume()
        await caughtUp
        while (follower.cursor < last) await new Promise(setImmediate)
        expect(seen.ids).toEqual(upTo(last, from))
        expect(seen.caughtUp).toHaveLength(1)
        follower.stop()
      }
    }),
    { numRuns: 150 },
  )
})
