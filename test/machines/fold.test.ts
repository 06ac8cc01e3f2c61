import { expect, test } from 'vitest'
import type { Answer, DequeueReason, ErrorCode, Event, LogRecord } from '../../src/machines/events.ts'
import { EMPTY_FOLD, foldChange, foldEvent, foldPlace, type SessionFold } from '../../src/machines/fold.ts'

const at = (id: number): string => new Date(Date.UTC(2025, 0, 1) + id * 1_000).toISOString()

/** Event after event, and all at once: the same. */
function fold(records: LogRecord[]): SessionFold {
  const events = records.map((record, id): Event => ({ ...record, id, at: at(id) }))
  const folded = events.reduce(foldEvent, EMPTY_FOLD)
  expect(foldPlace(events.reduce(foldChange, EMPTY_FOLD), events)).toEqual(folded)
  return folded
}

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

test('the last line is of the newest event that says something, and none of nobody’s', () => {
  const text = (words: string): LogRecord => ({ kind: 'text', turn: 1, text: words, block: 0 })
  expect(fold([start(1)])).not.toHaveProperty('lastLine')
  expect(fold([user(1, 'Why?'), start(1)]).lastLine).toEqual({ kind: 'user', text: 'Why?' })
  const records = [user(1), text('one\ntwo\n'), text('\n'), result(1, 0, 0, 0), end(1)]
  expect(fold(records).lastLine).toEqual({ kind: 'text', text: 'two' })
})

test('an event that only a later version knows moves the head and nothing else', () => {
  const before = fold([user(1), start(1)])
  const event = { kind: 'weather', turn: 1, id: 2, at: at(2) } as unknown as Event
  expect(foldEvent(before, event)).toEqual({ ...before, lastEventId: 2, at: at(2) })
})

const approval = (approvalId: string, suggestions: unknown[] = []) =>
  ({
    ...{ kind: 'approval', turn: 1, approvalId, toolUseId: `use ${approvalId}`, toolName: 'Bash' },
    ...{ input: { command: 'df' }, description: 'look', suggestions, expiresAt: at(9) },
  }) satisfies LogRecord
const resolved = (approvalId: string, answer: Pick<Answer, 'decision' | 'always'>): LogRecord => ({
  ...{ kind: 'approval_resolved', turn: 1, approvalId, by: 'phone', message: '', ...answer },
})

test('an approval waits until it is resolved, or its turn ends', () => {
  const records = [user(1), start(1), approval('a'), approval('b')]
  const { kind, turn, ...waiting } = approval('a')
  expect(fold(records).approvals).toEqual([waiting, { ...waiting, approvalId: 'b', toolUseId: 'use b' }])
  const waits = (...more: LogRecord[]) => fold([...records, ...more]).approvals.map((open) => open.approvalId)
  expect(waits(resolved('a', { decision: 'deny' }))).toEqual(['b'])
  expect(waits(resolved('x', { decision: 'deny' }))).toEqual(['a', 'b'])
  expect(waits(end(1))).toEqual([])
})

test('what the agent suggests is allowed from then on, if it was taken up: each once, by its newest event', () => {
  const [df, du] = [{ rule: 'df' }, { rule: 'du' }]
  const records = [user(1), approval('a', [df]), approval('b', [df, du])]
  const allowed = (...answers: LogRecord[]) => fold([...records, ...answers]).allowed
  expect(allowed(resolved('a', { decision: 'allow' }))).toEqual([])
  expect(allowed(resolved('a', { decision: 'deny', always: true }))).toEqual([])
  expect(allowed(resolved('a', { decision: 'allow', always: true }), end(1))).toEqual([{ id: 3, rule: df }])
  const both = ['a', 'b'].map((id) => resolved(id, { decision: 'allow', always: true }))
  expect(allowed(...both)).toEqual([
    { id: 4, rule: df },
    { id: 4, rule: du },
  ])
})

test('of what is always allowed the newest 64 KiB are kept', () => {
  const rules = Array.from({ length: 100 }, (_, rule) => ({ rule, text: 'x'.repeat(1_000) }))
  const { allowed } = fold([
    user(1),
    approval('c', rules),
    resolved('c', { decision: 'allow', always: true }),
  ])
  expect(allowed.length).toBeGreaterThan(50)
  expect(JSON.stringify(allowed).length).toBeLessThanOrEqual(64 * 1024)
  expect(allowed.at(-1)).toEqual({ id: 2, rule: rules[99] })
})

const queued = (promptId: string, position: number): LogRecord => ({
  ...{ kind: 'queued', turn: 0, promptId, text: `do ${promptId}`, position },
})
const dequeued = (promptId: string, reason: DequeueReason): LogRecord => ({
  ...{ kind: 'dequeued', turn: 0, promptId, reason },
})

test('prompts wait in their order, and an edited one in its place', () => {
  const records = [queued('a', 1), queued('b', 2), queued('c', 3)]
  const ids = (...more: LogRecord[]) => fold([...records, ...more]).queue.map(({ promptId }) => promptId)
  expect(fold(records).queue[1]).toEqual({ promptId: 'b', prompt: 'do b', at: at(1), model: null })
  expect(ids()).toEqual(['a', 'b', 'c'])
  expect(ids(dequeued('b', 'edited'), queued('b', 2))).toEqual(['a', 'b', 'c'])
  expect(ids(dequeued('a', 'started'), user(1))).toEqual(['b', 'c'])
  expect(ids(dequeued('x', 'removed'))).toEqual(['a', 'b', 'c'])
})

test('a queue is held by a cancel, and by an agent that could not be started, until the next turn', () => {
  const held = (...records: LogRecord[]) => fold([queued('a', 1), user(1), start(1), ...records]).queueHeld
  expect(held(end(1))).toBeNull()
  expect(held({ kind: 'cancelling', turn: 1, by: 'phone' }, end(1))).toBe('cancelled')
  const error = (code: ErrorCode): LogRecord => ({ kind: 'error', turn: 1, code, error: '' })
  expect(held(error('exit_nonzero'), end(1))).toBeNull()
  expect(held(error('spawn_failed'), end(1))).toBe('not_started')
  expect(held(error('disk_full'), end(1))).toBe('not_started')
  expect(held({ kind: 'cancelling', turn: 1, by: 'phone' }, end(1), user(2))).toBeNull()
})

test('what was folded once is left as it is', () => {
  const frozen = Object.freeze({ ...EMPTY_FOLD, usage: Object.freeze({ ...EMPTY_FOLD.usage }) })
  const event = { ...result(1, 1, 1, 1), id: 0, at: at(0) } as Event
  expect(foldEvent(frozen, event)).not.toBe(frozen)
  expect(frozen).toEqual(EMPTY_FOLD)
})
