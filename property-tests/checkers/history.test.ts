import { describe, expect, test } from 'vitest'
import type { AttachItem } from '../../src/client/index.ts'
import type { ErrorCode, Event, LogRecord, Outcome } from '../../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent } from '../../src/machines/fold.ts'
import { checkHistory } from './check-history.ts'
import type { Entry, Happening, History } from './history.ts'

const TERMS = { turnTimeoutMs: 1_000, stopRecordMs: 100, stopWaitMs: 100 }
const WAITING = { promptId: 'p', prompt: 'later', at: '', model: null }
const USAGE = { inputTokens: 0, outputTokens: 0 }

const RECORDS: LogRecord[] = [
  { kind: 'user', turn: 1, text: 'one' },
  { kind: 'turn_start', turn: 1, agent: 'claude', model: null },
  { kind: 'text', turn: 1, text: 'hello', block: 0 },
  { kind: 'result', turn: 1, isError: false, text: '', usage: USAGE, costUsd: 0, durationMs: 1 },
  { kind: 'turn_end', turn: 1, outcome: 'completed', exitCode: 0, signal: null, survivors: 0 },
  { kind: 'user', turn: 2, text: 'two' },
  { kind: 'turn_start', turn: 2, agent: 'claude', model: null },
  { kind: 'cancelling', turn: 2, by: 'stop it' },
  { kind: 'cancelled', turn: 2 },
  { kind: 'turn_end', turn: 2, outcome: 'cancelled', exitCode: 1, signal: null, survivors: 0 },
]
const EVENTS = RECORDS.map((record, id): Event => ({ ...record, id, at: '2026-11-22T10:00:00.000Z' }))

const queued: Event = { ...EVENTS[4]!, kind: 'queued', promptId: 'p', text: 'later', position: 1 } as Event

const stored = (first: number, last = first): Happening => {
  const fold = EVENTS.slice(0, last + 1).reduce(foldEvent, EMPTY_FOLD)
  return { type: 'stored', session: 's', events: EVENTS.slice(first, last + 1), fold }
}
const storing = (...events: Event[]): Happening => ({ ...stored(0), events }) as Happening
const ending = (turn: number, code: ErrorCode | null, outcome: Outcome): Happening => {
  const base = { at: EVENTS[0]!.at, turn }
  const error: Event = { ...base, id: 3, kind: 'error', code: code!, error: '' }
  const end: Event = { ...base, id: 4, kind: 'turn_end', outcome, exitCode: 3, signal: null, survivors: 0 }
  return storing(...(code === null ? [] : [error]), end)
}
const received = (item: AttachItem): Happening => ({ type: 'received', stream: 'r', item })
const seen = (id: number): Happening => received({ type: 'event', event: EVENTS[id]! })
const partial = (offset: number, text: string): Happening =>
  received({ type: 'partial', turn: 1, block: 0, kind: 'text', offset, text })
const caughtUp = (lastEventId: number): Happening =>
  received({ type: 'caught-up', lastEventId, state: 'running' })
const prompted = (request: number, text: string, key = text): Happening => ({
  ...{ type: 'asked', request, wish: text, session: 's', what: 'prompt', body: text, key },
})
const answered = (request: number, status: number, answer: unknown): Happening => ({
  ...{ type: 'answered', request, status, answer },
})
const rest = (over: boolean): Happening => ({ type: 'rest', streams: ['r'], over })

const spawned = (agent: number, turn: number): Happening => ({
  ...{ type: 'spawned', agent, session: 's', turn },
  ...{ permissionMode: 'ask', allowed: [], attachments: [] },
})

/** Two turns, each step of them in a name; the second is cancelled. A reader follows. */
const GOOD: Record<string, Happening> = {
  open: { type: 'opened', session: 's' },
  attach: { type: 'attached', stream: 'r', session: 's', after: -1 },
  caughtUp: caughtUp(-1),
  ask: prompted(0, 'one'),
  store: stored(0, 1),
  seeUser: seen(0),
  seeStart: seen(1),
  answer: answered(0, 202, { turn: 1, eventId: 0 }),
  spawn: spawned(0, 1),
  write: { type: 'wrote', agent: 0, text: 'hello', finished: false },
  partial: partial(0, 'hel'),
  more: partial(3, 'lo'),
  calm: rest(false),
  finish: { type: 'wrote', agent: 0, text: 'hello', finished: true },
  storeText: stored(2),
  seeText: seen(2),
  conclude: { type: 'concluded', agent: 0, isError: false },
  exit: { type: 'exited', agent: 0, by: 'itself', exitCode: 0 },
  storeEnd: stored(3, 4),
  seeResult: seen(3),
  seeEnd: seen(4),
  again: prompted(1, 'one'),
  sameAnswer: answered(1, 202, { turn: 1, eventId: 0 }),
  misuse: { ...prompted(2, 'three', 'one') },
  unlike: answered(2, 422, 'idempotency_key_reused'),
  askTwo: prompted(3, 'two'),
  storeTwo: stored(5, 6),
  answerTwo: answered(3, 202, { turn: 2, eventId: 5 }),
  spawnTwo: spawned(1, 2),
  cancel: { type: 'asked', request: 4, wish: 'stop it', session: 's', what: 'cancel', body: 'cancel' },
  storeCancel: stored(7),
  answerCancel: answered(4, 202, { cancelled: true }),
  exitTwo: { type: 'exited', agent: 1, by: 'interrupt', exitCode: 1 },
  storeEndTwo: stored(8, 9),
  ...Object.fromEntries([5, 6, 7, 8, 9].map((id) => [`see ${id}`, seen(id)])),
  over: rest(true),
}

type Change = Record<string, Happening | null | Happening[]>

/** The good history, with some of its steps replaced, followed by others, or left out. */
const changed = (change: Change): History =>
  Object.entries({ ...GOOD, ...change })
    .flatMap(([, happening]) => happening ?? [])
    .map((happening, at): Entry => ({ ...happening, at }))

const promisesBroken = (change: Change): string[] => [
  ...new Set(checkHistory(changed(change), TERMS).map((violation) => violation.split(': ')[0]!)),
]

const without = (...names: string[]): Change => Object.fromEntries(names.map((name) => [name, null]))

test('a history in which all went well breaks no promise', () => {
  expect(checkHistory(changed({}), TERMS)).toEqual([])
})

describe('it is seen that', () => {
  test.each<[string, string, Change]>([
    ['an id was left out', 'the log is in order', without('storeText', 'seeText')],
    ['an event was stored twice', 'the log is in order', { storeText: [stored(2), stored(2)] }],
    [
      'the state is another one than the log says',
      'the state is the fold of the log',
      { storeText: { ...stored(2), fold: EMPTY_FOLD } as Happening },
    ],
    ['a reader misses an event', 'a reader sees the log behind its cursor, once', without('seeStart')],
    [
      'a reader has an event twice',
      'a reader sees the log behind its cursor, once',
      { seeStart: [seen(1), seen(1)] },
    ],
    [
      'a reader has an event before it is stored',
      'a reader sees the log behind its cursor, once',
      { store: [], seeUser: [seen(0), stored(0, 1)] },
    ],
    ['a reader is left behind', 'a reader sees the log behind its cursor, once', without('see 8', 'see 9')],
    [
      'a reader has another event than the log',
      'a reader sees the log behind its cursor, once',
      { seeUser: received({ type: 'event', event: { ...EVENTS[0]!, turn: 7 } }) },
    ],
    [
      'a reader is told of another place',
      'a reader sees the log behind its cursor, once',
      { caughtUp: caughtUp(0) },
    ],
    [
      'a reader is reset though its cursor is there',
      'a reader sees the log behind its cursor, once',
      { seeStart: [received({ type: 'reset', reason: 'ahead', lastEventId: 1 }), seen(0), seen(1)] },
    ],
    [
      'a reader gives up',
      'a reader sees the log behind its cursor, once',
      { caughtUp: [caughtUp(-1), { type: 'despaired', stream: 'r', why: 'id_jumped' }] },
    ],
    ['a part is left out', 'what is being written is shown as it is', { partial: partial(1, 'hel') }],
    ['a part is not sent', 'what is being written is shown as it is', without('more')],
    [
      'a part is of something else',
      'what is being written is shown as it is',
      { partial: partial(0, 'hal') },
    ],
    [
      'a part comes before the reader has caught up',
      'what is being written is shown as it is',
      without('caughtUp'),
    ],
    [
      'a part comes behind its block',
      'what is being written is shown as it is',
      { seeText: [seen(2), partial(0, 'hello')] },
    ],
    [
      'a text is missing in the log',
      'the log has what agents wrote',
      { finish: [GOOD.finish as Happening, { type: 'wrote', agent: 0, text: 'bye', finished: true }] },
    ],
    [
      'a text is in the log that nobody wrote',
      'the log has what agents wrote',
      { write: null, partial: null, more: null, finish: null },
    ],
    [
      'a prompt is acknowledged before it is stored',
      'what is acknowledged is on record, once',
      { answer: null, ask: [prompted(0, 'one'), answered(0, 202, { turn: 1, eventId: 0 })] },
    ],
    [
      'a prompt is acknowledged under the id of another event',
      'what is acknowledged is on record, once',
      { answer: answered(0, 202, { turn: 1, eventId: 1 }), sameAnswer: null },
    ],
    [
      'a cancel is acknowledged that is nowhere',
      'what is acknowledged is on record, once',
      {
        askTwo: [
          { ...GOOD.cancel, request: 5, wish: 'stop nothing' } as Happening,
          answered(5, 202, { cancelled: true }),
          GOOD.askTwo as Happening,
        ],
      },
    ],
    [
      'what was refused is in the log',
      'what is refused leaves no trace',
      { answerTwo: answered(3, 409, 'session_busy') },
    ],
    [
      'one key has two answers',
      'a key is one request',
      { sameAnswer: answered(1, 202, { turn: 2, eventId: 5 }) },
    ],
    [
      'one key has two effects',
      'a key is one request',
      {
        askTwo: null,
        answerTwo: null,
        storeTwo: storing({ ...EVENTS[5]!, text: 'one' } as Event, EVENTS[6]!),
      },
    ],
    [
      'a key is taken for another prompt',
      'a key is one request',
      { unlike: answered(2, 409, 'session_busy') },
    ],
    [
      'an agent is started while another is alive',
      'one agent at a time, and none when idle',
      { write: [GOOD.write as Happening, spawned(2, 1)] },
    ],
    [
      'an agent is started twice, one after the other',
      'one agent at a time, and none when idle',
      {
        exitTwo: [
          GOOD.exitTwo as Happening,
          spawned(2, 2),
          { type: 'exited', agent: 2, by: 'interrupt', exitCode: 1 },
        ],
      },
    ],
    [
      'an agent is started before its turn is on record',
      'one agent at a time, and none when idle',
      { ask: [prompted(0, 'one'), GOOD.spawn as Happening], spawn: null },
    ],
    ['an agent outlives its turn', 'one agent at a time, and none when idle', { exitTwo: null }],
    [
      'a new prompt comes before one that waits',
      'prompts that wait come first',
      { storeTwo: storing({ ...queued, id: 5 }, { ...EVENTS[5]!, id: 6 }) },
    ],
    [
      'a prompt waits for ever',
      'everything ends',
      { storeEndTwo: { ...stored(8, 9), fold: { ...EMPTY_FOLD, queue: [WAITING] } } as Happening },
    ],
    ['a turn never ends', 'everything ends', without('storeEndTwo', 'see 8', 'see 9')],
    [
      'a turn ends well whose agent does not',
      'the first cause wins',
      { conclude: null, exit: { type: 'exited', agent: 0, by: 'SIGTERM', exitCode: 143 } },
    ],
    [
      'a turn is cancelled that had its result',
      'the first cause wins',
      { storeCancel: storing({ ...EVENTS[3]!, turn: 2 }, EVENTS[7]!) },
    ],
    [
      'a cancel comes first and does not count',
      'the first cause wins',
      { storeEndTwo: ending(2, null, 'completed') },
    ],
    [
      'nobody cancelled what was cancelled',
      'the first cause wins',
      { storeEnd: ending(1, null, 'cancelled') },
    ],
    ['a turn times out early', 'the first cause wins', { storeEnd: ending(1, 'timed_out', 'timed_out') }],
    [
      'a turn fails for a status that nobody exited with',
      'the first cause wins',
      { storeEnd: ending(1, 'exit_nonzero', 'failed') },
    ],
    [
      'a turn fails for a complaint that nobody had',
      'the first cause wins',
      { storeEnd: ending(1, 'agent_error', 'failed') },
    ],
    [
      'a turn is lost whose supervisor is not',
      'the first cause wins',
      { storeEnd: ending(1, 'lost', 'lost') },
    ],
    [
      'a turn is interrupted by nothing',
      'the first cause wins',
      { storeEnd: ending(1, 'interrupted', 'interrupted') },
    ],
    [
      'a turn ends as its agent did, though nobody could know',
      'the first cause wins',
      { conclude: { type: 'lost', session: 's', turn: 1 } },
    ],
    [
      'a text is missing that was written before the machine was restarted',
      'the log has what agents wrote',
      {
        storeText: null,
        seeText: null,
        conclude: { type: 'restarted', keepsRuns: true },
        storeEnd: ending(1, 'interrupted', 'interrupted'),
      },
    ],
    [
      'a turn is said not to have started that did',
      'the first cause wins',
      { storeEnd: ending(1, 'spawn_failed', 'failed') },
    ],
  ])('%s', (_, promise, change) => {
    expect(promisesBroken(change)).toContain(promise)
  })
})
