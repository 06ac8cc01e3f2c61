import { afterEach, expect, test, vi } from 'vitest'
import type { Segment } from '../../../src/runtime/log/frames.ts'
import { sharePages } from '../../../src/runtime/log/shared-pages.ts'
import { segment } from './given.ts'

const PAGE = segment(0, 3)
const LIMITS = { bytesMax: 2 * PAGE.frames.length, keptMs: 1_000 }

/** @returns how to read, and what the store was asked for */
function over(...answers: (Segment | null | Error)[]) {
  const asked: string[] = []
  const read = sharePages(async (id, after) => {
    asked.push(`${id}${after}`)
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!
    if (answer instanceof Error) throw answer
    return answer
  }, LIMITS)
  return { asked, read: (id: string, after: number) => read(id, after, 1_000) }
}

afterEach(() => {
  vi.useRealTimers()
})

test('many who come to a page, while it is read and a moment later, share one buffer', async () => {
  const { asked, read } = over(PAGE, segment(4, 7))
  const [one, other] = await Promise.all([read('a', -1), read('a', -1)])
  expect(one).toBe(other)
  expect(await read('a', -1)).toBe(one)
  expect(await read('b', -1)).not.toBe(one)
  expect(asked).toEqual(['a-1', 'b-1'])
})

test('the newest are kept, as many as there is room for', async () => {
  const { asked, read } = over(PAGE)
  for (const after of [0, 1, 2, 1, 2, 0]) await read('a', after)
  expect(asked).toEqual(['a0', 'a1', 'a2', 'a0'])
})

test('a page that nobody comes to for a while is not kept, whatever else is read', async () => {
  vi.useFakeTimers()
  const { asked, read } = over(PAGE)
  await read('a', -1)
  for (let look = 0; look < 3; look++) {
    await read('b', -1)
    vi.advanceTimersByTime(LIMITS.keptMs)
  }
  for (const id of ['b', 'a']) await read(id, -1)
  expect(asked).toEqual(['a-1', 'b-1', 'a-1'])
  vi.advanceTimersByTime(2 * LIMITS.keptMs)
  expect(vi.getTimerCount()).toBe(0)
  for (const id of ['a', 'b']) await read(id, -1)
  expect(asked).toEqual(['a-1', 'b-1', 'a-1', 'a-1', 'b-1'])
})

test('what is not there yet, or could not be read, is looked for again', async () => {
  const { read } = over(null, new Error('the disk is gone'), PAGE)
  expect(await read('a', -1)).toBeNull()
  await expect(read('a', -1)).rejects.toThrow('the disk is gone')
  expect(await read('a', -1)).toBe(PAGE)
})
