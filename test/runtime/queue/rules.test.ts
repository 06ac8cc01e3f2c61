import { expect, test } from 'vitest'
import type { QueuedPrompt } from '../../../src/machines/events.ts'
import { EMPTY_FOLD, type SessionFold } from '../../../src/machines/fold.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { checkRoom, isDue } from '../../../src/runtime/queue/rules.ts'

const waiting = (prompt: string): QueuedPrompt => ({ promptId: prompt, prompt, at: '', model: null })

test.for<[string, Partial<SessionFold>, hold: boolean, run: boolean]>([
  ['after a turn that has ended', {}, true, true],
  ['when nothing waits', { queue: [] }, false, false],
  ['while a turn is open', { opened: { id: 0, at: '' } }, false, false],
  ['after a cancel, if the operator wants it so', { queueHeld: 'cancelled' }, false, true],
  ['after an agent that could not be started', { queueHeld: 'not_started' }, false, false],
])('a prompt is due or not %s', ([, change, hold, run]) => {
  const fold = { ...EMPTY_FOLD, queue: [waiting('a')], ...change }
  expect(isDue(fold, 'hold')).toBe(hold)
  expect(isDue(fold, 'run')).toBe(run)
})

test('only so many prompts may wait', () => {
  const many = Array.from({ length: LIMITS.queuedPromptsMax }, (_, i) => waiting(`${i}`))
  expect(() => checkRoom(many.slice(1), 'x')).not.toThrow()
  expect(() => checkRoom(many, 'x')).toThrow(expect.objectContaining({ code: 'queue_full' }))
})

test('and only so many bytes of them', () => {
  const half = 'ü'.repeat(LIMITS.queuedBytesMax / 4)
  expect(() => checkRoom([waiting(half)], half)).not.toThrow()
  expect(() => checkRoom([waiting(half)], `${half}x`)).toThrow(
    expect.objectContaining({ code: 'queue_full', status: 409 }),
  )
})
