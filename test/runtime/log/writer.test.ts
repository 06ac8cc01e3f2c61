import { expect, test, vi } from 'vitest'
import type { Append } from '../../../src/runtime/log/store.ts'
import { createWriter, type Pending } from '../../../src/runtime/log/writer.ts'
import { until } from '../../support/until.ts'
import { appendOf, sessionRow, text } from './given.ts'

/** Something with one append to commit each time it is asked; it tells what became of it. */
function pendingOf(name: string, retries = 0) {
  const outcomes: string[] = []
  const pending: Pending = {
    take: vi.fn(() => appendOf(sessionRow(name), [text(name)])),
    committed: () => void outcomes.push('committed'),
    failed: (error) => {
      outcomes.push((error as Error).message)
      return retries-- > 0
    },
  }
  return { pending, outcomes }
}

const names = (appends: Append[]): string => appends.map(({ sessionId }) => sessionId).join(' ')

/** A store whose commits take one turn of the event loop, and fail when `fails` says so. */
function recordingStore(fails: (names: string) => boolean = () => false) {
  const commits: string[] = []
  const commit = async (appends: Append[]): Promise<void> => {
    commits.push(names(appends))
    await new Promise(setImmediate)
    if (fails(names(appends))) throw new Error(`no ${names(appends)}`)
  }
  return { commits, commit }
}

test('all that is requested in one turn of the event loop is one commit', async () => {
  const store = recordingStore()
  const writer = createWriter(store, { retryMs: 1 })
  const parts = ['a', 'b', 'c'].map((name) => pendingOf(name))
  for (const { pending } of [...parts, ...parts]) writer.request(pending)
  await writer.idle()
  expect(store.commits).toEqual(['a b c'])
  expect(parts.map(({ outcomes }) => outcomes)).toEqual([['committed'], ['committed'], ['committed']])
})

test('what is requested during a commit is in the next, and no two run at once', async () => {
  const [a, b, c] = [pendingOf('a'), pendingOf('b'), pendingOf('c')]
  let running = 0
  const commits: string[] = []
  const writer = createWriter(
    {
      async commit(appends) {
        expect(++running).toBe(1)
        commits.push(names(appends))
        if (commits.length === 1) for (const { pending } of [b, c]) writer.request(pending)
        await new Promise(setImmediate)
        running--
      },
    },
    { retryMs: 1 },
  )
  writer.request(a.pending)
  await writer.idle()
  expect(commits).toEqual(['a', 'b c'])
})

test('something without an append costs no commit', async () => {
  const store = recordingStore()
  const writer = createWriter(store, { retryMs: 1 })
  const { pending, outcomes } = pendingOf('a')
  writer.request({ ...pending, take: () => null })
  await writer.idle()
  expect(store.commits).toEqual([])
  expect(outcomes).toEqual([])
})

test('a part that cannot be stored does not hold up the others', async () => {
  const store = recordingStore((tried) => tried.includes('bad'))
  const writer = createWriter(store, { retryMs: 1 })
  const [a, bad, c] = [pendingOf('a'), pendingOf('bad'), pendingOf('c')]
  for (const { pending } of [a, bad, c]) writer.request(pending)
  await writer.idle()
  expect(store.commits).toEqual(['a bad c', 'a', 'bad', 'c'])
  expect([a.outcomes, bad.outcomes, c.outcomes]).toEqual([['committed'], ['no bad'], ['committed']])
})

test('a part that still wants it is tried again until it is stored, and idle waits for that', async () => {
  let failures = 2
  const store = recordingStore(() => failures-- > 0)
  const writer = createWriter(store, { retryMs: 1 })
  const { pending, outcomes } = pendingOf('a', 5)
  writer.request(pending)
  await writer.idle()
  expect(outcomes).toEqual(['no a', 'no a', 'committed'])
  expect(pending.take).toHaveBeenCalledTimes(3)
})

test('what failed is not tried before its time, and holds up nobody else', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let failures = 1
  const store = recordingStore(() => failures-- > 0)
  const writer = createWriter(store, { retryMs: 500 })
  writer.request(pendingOf('a', 5).pending)
  await until(() => expect(vi.getTimerCount()).toBe(1))
  writer.request(pendingOf('b').pending)
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(store.commits).toEqual(['a', 'b'])
  vi.advanceTimersByTime(500)
  await writer.idle()
  vi.useRealTimers()
  expect(store.commits).toEqual(['a', 'b', 'a'])
})

test('a writer with nothing to do is idle at once', async () => {
  await createWriter(recordingStore(), { retryMs: 1 }).idle()
})

test('after the stop nothing is committed, not even what was requested just before', async () => {
  const store = recordingStore()
  const writer = createWriter(store, { retryMs: 1 })
  writer.request(pendingOf('a').pending)
  writer.stop()
  writer.request(pendingOf('b').pending)
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(store.commits).toEqual([])
})

test('the stop ends the retries', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const store = recordingStore(() => true)
  const writer = createWriter(store, { retryMs: 500 })
  writer.request(pendingOf('a', 5).pending)
  await until(() => expect(vi.getTimerCount()).toBe(1))
  writer.stop()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  expect(store.commits).toEqual(['a'])
})

test('closing commits what waits, and nothing after that', async () => {
  const store = recordingStore()
  const writer = createWriter(store, { retryMs: 1 })
  writer.request(pendingOf('a').pending)
  await writer.close(60_000)
  writer.request(pendingOf('b').pending)
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(store.commits).toEqual(['a'])
})

test('closing gives up on what cannot be stored in time', async () => {
  const writer = createWriter({ commit: () => new Promise(() => {}) }, { retryMs: 1 })
  writer.request(pendingOf('a').pending)
  await writer.close(1)
})
