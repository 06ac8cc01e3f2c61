import { expect, test } from 'vitest'
import type { Event, LogRecord } from '../../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent, type SessionFold } from '../../src/machines/fold.ts'

const at = (id: number): string => new Date(Date.UTC(2025, 0, 1) + id * 1_000).toISOString()

const fold = (records: LogRecord[]): SessionFold =>
  records.map((record, id): Event => ({ ...record, id, at: at(id) })).reduce(foldEvent, EMPTY_FOLD)

const user = (turn: number, text = 'Look at the disk.'): LogRecord => ({ kind: 'user', turn, text })
const start = (turn: number): LogRecord => ({ kind: 'turn_start', turn, agent: 'claude', model: null })
const end = (turn: number): LogRecord => ({
  ...{ kind: 'turn_end', turn, outcome: 'completed' },
  ...{ exitCode: 0, signal: null, survivors: 0 },
})
const ready = (turn: number, agentSessionId: string): LogRecord => ({
  ...{ kind: 'agent_ready', turn, agentSessionId, model: 'opus' },
})
const result = (turn: number, costUsd: number, inputTokens: number, outputTokens: number): LogRecord => ({
  ...{ kind: 'result', turn, isError: false, text: 'Done.', durationMs: 5, costUsd },
  usage: { inputTokens, outputTokens },
})

test('a session without a log is idle, before its first turn', () => {
  expect(EMPTY_FOLD).toMatchObject({ state: 'idle', turn: 0, lastEventId: -1, at: null, opened: null })
})

test('every event moves the head, whatever its kind', () => {
  const records = [
    user(1),
    start(1),
    ready(1, 'a'),
    { kind: 'text', turn: 1, text: 'Hm.', block: 0 } as const,
  ]
  for (let length = 1; length <= records.length; length++)
    expect(fold(records.slice(0, length))).toMatchObject({ lastEventId: length - 1, at: at(length - 1) })
})

test('a turn runs from its prompt to its end, and is cancelling in between when it was cancelled', () => {
  const records: LogRecord[] = [
    user(1),
    start(1),
    { kind: 'cancelling', turn: 1, by: 'phone' },
    { kind: 'text', turn: 1, text: 'Stopping.', block: 0 },
    { kind: 'cancelled', turn: 1 },
    end(1),
  ]
  const states = records.map((_, index) => fold(records.slice(0, index + 1)).state)
  expect(states).toEqual(['running', 'running', 'cancelling', 'cancelling', 'cancelling', 'idle'])
})

test('an error does not end a turn: its turn_end does', () => {
  const records: LogRecord[] = [user(1), start(1), { kind: 'error', turn: 1, code: 'lost', error: '' }]
  expect(fold(records).state).toBe('running')
  expect(fold([...records, end(1)]).state).toBe('idle')
})

test('the open turn is known by its prompt, and by none once it has ended', () => {
  const records = [user(1), start(1), end(1), user(2), start(2)]
  expect(fold(records)).toMatchObject({ turn: 2, opened: { id: 3, at: at(3) } })
  expect(fold([...records, end(2)])).toMatchObject({ turn: 2, opened: null })
})

test('usage adds up over turns', () => {
  const records = [user(1), result(1, 0.25, 10, 3), end(1), user(2), result(2, 0.5, 20, 4), end(2)]
  expect(fold(records).usage).toEqual({ costUsd: 0.75, inputTokens: 30, outputTokens: 7 })
})

test('the newest id of the agent counts: it may change from turn to turn', () => {
  expect(fold([user(1), end(1)]).agentSessionId).toBeNull()
  expect(fold([user(1), ready(1, 'a'), end(1), user(2), ready(2, 'b')]).agentSessionId).toBe('b')
})

test.each([
  ['the first line of the first prompt', ['Why?\nBecause.', 'And now?'], 'Why?'],
  ['without the blank lines before it', ['\n\n  Why?\nBecause.'], 'Why?'],
  ['without the CR of a CRLF', ['Why?\r\nBecause.'], 'Why?'],
  ['at most 80 characters of it', ['x'.repeat(81)], 'x'.repeat(80)],
])('a session is called by its prompt: %s', (_, prompts, name) => {
  expect(fold(prompts.flatMap((text, index) => [user(index + 1, text), end(index + 1)])).firstPrompt).toBe(
    name,
  )
})

test('no character of a name is cut in half', () => {
  const { firstPrompt } = fold([user(1, `${'x'.repeat(79)}🚒`)])
  expect(firstPrompt).toMatch(/^x{79}/)
  expect(firstPrompt!.isWellFormed()).toBe(true)
})

test('an event that only a later version knows moves the head and nothing else', () => {
  const before = fold([user(1), start(1)])
  const event = { kind: 'queued', turn: 1, id: 2, at: at(2), promptId: 'p' } as unknown as Event
  expect(foldEvent(before, event)).toEqual({ ...before, lastEventId: 2, at: at(2) })
})

test('what was folded once is left as it is', () => {
  const frozen = Object.freeze({ ...EMPTY_FOLD, usage: Object.freeze({ ...EMPTY_FOLD.usage }) })
  const event = { ...result(1, 1, 1, 1), id: 0, at: at(0) } as Event
  expect(foldEvent(frozen, event)).not.toBe(frozen)
  expect(frozen).toEqual(EMPTY_FOLD)
})
