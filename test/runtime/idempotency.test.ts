import { expect, test, vi } from 'vitest'
import { createIdempotency } from '../../src/runtime/idempotency.ts'
import type { Remembered } from '../../src/runtime/log/store.ts'

/** Requests over a store that keeps the answers that `act` stores. */
function given() {
  const stored = new Map<string, Remembered>()
  const { once } = createIdempotency(async (key) => stored.get(key) ?? null)
  const act = vi.fn(async (request: { key: string; bodyHash: string }, answer: unknown) => {
    stored.set(request.key, { ...request, answer })
    return answer
  })
  return { stored, once, act }
}

const request = { key: 'k', bodyHash: 'body' }

test('the same key again gets the first answer, and nothing is done twice', async () => {
  const { once, act } = given()
  expect(await once(request, () => act(request, { turn: 1 }))).toEqual({ turn: 1 })
  expect(await once(request, () => act(request, { turn: 2 }))).toEqual({ turn: 1 })
  expect(act).toHaveBeenCalledTimes(1)
})

test('twenty at once have one effect and one answer', async () => {
  const { once, act } = given()
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, turn) => once(request, () => act(request, { turn }))),
  )
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(act).toHaveBeenCalledTimes(1)
})

test('the same key with another body is refused, during the first request and after it', async () => {
  const { once, act } = given()
  const first = once(request, () => act(request, 1))
  const other = { key: 'k', bodyHash: 'other body' }
  await expect(once(other, () => act(other, 2))).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  await first
  await expect(once(other, () => act(other, 2))).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  expect(act).toHaveBeenCalledTimes(1)
})

test('a failure is told to all who wait, and is not remembered', async () => {
  const { once, act } = given()
  act.mockRejectedValueOnce(new Error('busy'))
  const both = [once(request, () => act(request, 1)), once(request, () => act(request, 1))]
  expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await once(request, () => act(request, 2))).toBe(2)
})

test('an answer of an earlier server counts', async () => {
  const { once, act, stored } = given()
  stored.set('k', { ...request, answer: 'of before' })
  expect(await once(request, () => act(request, 1))).toBe('of before')
  expect(act).not.toHaveBeenCalled()
})

test('other keys are other requests', async () => {
  const { once, act } = given()
  const [a, b] = [
    { ...request, key: 'a' },
    { ...request, key: 'b' },
  ]
  expect(await Promise.all([once(a, () => act(a, 1)), once(b, () => act(b, 2))])).toEqual([1, 2])
})
