import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createChanges } from '../../../src/runtime/lobby/changes.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const REST_MS = 500

function listen() {
  const changes = createChanges({ restMs: REST_MS })
  const told: string[] = []
  const stop = changes.onChange((id) => void told.push(id))
  const note = (id: string, atOnce = false) => changes.note(id, { atOnce })
  return { changes, note, stop, takeTold: () => told.splice(0) }
}

test('a session that has rested is told of at once, and then now and then, its last change always', () => {
  const { note, takeTold } = listen()
  note('a')
  expect(takeTold()).toEqual(['a'])
  for (let ms = 0; ms < 1_200; ms += 10) {
    note('a')
    vi.advanceTimersByTime(10)
  }
  expect(takeTold()).toEqual(['a', 'a'])
  vi.advanceTimersByTime(REST_MS)
  expect(takeTold()).toEqual(['a'])
  vi.advanceTimersByTime(10 * REST_MS)
  expect(takeTold()).toEqual([])
})

test('one that does not change again is told of once', () => {
  const { note, takeTold } = listen()
  note('a')
  vi.advanceTimersByTime(10 * REST_MS)
  expect(takeTold()).toEqual(['a'])
  expect(vi.getTimerCount()).toBe(0)
})

test('what is wanted at once does not wait, and carries along what did', () => {
  const { note, takeTold } = listen()
  note('a')
  note('a')
  note('a', true)
  expect(takeTold()).toEqual(['a', 'a'])
  vi.advanceTimersByTime(REST_MS)
  expect(takeTold()).toEqual([])
})

test('behind what did not wait, a session rests anew', () => {
  const { note, takeTold } = listen()
  note('a')
  vi.advanceTimersByTime(REST_MS - 1)
  note('a', true)
  note('a')
  expect(takeTold()).toEqual(['a', 'a'])
  vi.advanceTimersByTime(REST_MS - 1)
  expect(takeTold()).toEqual([])
  vi.advanceTimersByTime(1)
  expect(takeTold()).toEqual(['a'])
})

test('sessions do not wait for each other', () => {
  const { note, takeTold } = listen()
  note('a')
  note('b')
  note('a')
  expect(takeTold()).toEqual(['a', 'b'])
})

test('where nobody listens any more, nothing is kept', () => {
  const { changes, note, stop, takeTold } = listen()
  note('a')
  note('a')
  stop()
  expect(vi.getTimerCount()).toBe(0)
  changes.note('b', { atOnce: true })
  expect(vi.getTimerCount()).toBe(0)
  expect(takeTold()).toEqual(['a'])
})

test('one that leaves takes nothing from those that stay', () => {
  const { changes, note, takeTold } = listen()
  const leave = changes.onChange(() => {})
  note('a')
  note('a')
  leave()
  vi.advanceTimersByTime(REST_MS)
  expect(takeTold()).toEqual(['a', 'a'])
})
