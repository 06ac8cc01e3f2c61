import { expect, test } from 'vitest'
import type { Event, OutputRecord, QueueRecord, TurnRecord } from '../../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent } from '../../src/machines/fold.ts'
import { checkHistory } from './check-history.ts'
import type { Asked, Entry, Happening, Launched } from './history.ts'

const TERMS = { turnTimeoutMs: 1_000, stopRecordMs: 100, stopWaitMs: 100 }
const FILE = 'attachments/a.txt'
const SET = { title: 'set', archived: false, model: null, permissionMode: 'bypass' } as const

let log: Event[] = []
const storing = (turn: number, ...records: (OutputRecord | TurnRecord | QueueRecord)[]): Happening => {
  const events = records.map(
    (record, index) => ({ ...record, turn, id: log.length + index, at: '2026-11-22T10:00:00.000Z' }) as Event,
  )
  log = [...log, ...events]
  return { type: 'stored', session: 's', events, fold: log.reduce(foldEvent, EMPTY_FOLD) }
}
const starting = (turn: number, text: string, more: object = {}): Happening =>
  storing(turn, { kind: 'user', text, ...more }, { kind: 'turn_start', agent: 'claude', model: null })
const ending = (turn: number, outcome: 'completed' | 'cancelled'): Happening =>
  storing(turn, ...(outcome === 'cancelled' ? [{ kind: 'cancelled' } as const] : []), {
    kind: 'turn_end',
    outcome,
    exitCode: 0,
    signal: null,
    survivors: 0,
  })
const asking = (request: number, what: Asked['what'], body = '', more: object = {}): Happening => ({
  ...{ type: 'asked', request, wish: `${what} ${request}`, session: 's', what, body, ...more },
})
const answered = (request: number, status: number, answer: unknown = null): Happening => ({
  ...{ type: 'answered', request, status, answer },
})
const spawned = (agent: number, launched: Partial<Launched>): Happening => ({
  ...{ type: 'spawned', agent, session: 's', turn: agent },
  ...{ permissionMode: 'bypass', allowed: [], attachments: [], ...launched },
})
const exited = (agent: number, by: 'itself' | 'interrupt' = 'itself'): Happening => ({
  ...{ type: 'exited', agent, by, exitCode: 0 },
})
const rest = (...streams: string[]): Happening => ({ type: 'rest', streams, over: true })

/** A session from its opening to its deletion: something is set and allowed, a file comes, the queue is cleared, a server stops. */
const GOOD: Record<string, Happening> = {
  open: { type: 'opened', session: 's' },
  askSet: asking(0, 'set', JSON.stringify({ title: 'set', permissionMode: 'bypass' })),
  set: { type: 'edited', session: 's', edit: { title: 'set', permissionMode: 'bypass', allowedAfter: -1 } },
  answerSet: answered(0, 200, SET),
  askOne: asking(1, 'prompt', 'one', { attachments: [FILE] }),
  one: starting(1, 'one', { attachments: [{ path: FILE, mediaType: '', bytes: 1 }] }),
  spawnOne: spawned(1, { attachments: [FILE] }),
  want: storing(1, {
    ...{ kind: 'approval', approvalId: 'a', toolUseId: '', toolName: '', input: {}, description: '' },
    ...{ suggestions: [{}], expiresAt: null },
  }),
  allow: storing(1, {
    ...{ kind: 'approval_resolved', approvalId: 'a', decision: 'allow', by: 'x', message: '', always: true },
  }),
  queue: storing(1, { kind: 'queued', promptId: 'p', text: 'later', position: 1 }),
  askClear: asking(2, 'clear'),
  clear: storing(1, { kind: 'dequeued', promptId: 'p', reason: 'cleared' }),
  answerClear: answered(2, 204),
  exitOne: exited(1),
  endOne: ending(1, 'completed'),
  askTwo: asking(3, 'prompt', 'two'),
  two: starting(2, 'two'),
  spawnTwo: spawned(2, { allowed: ['a'] }),
  askCancel: asking(4, 'cancel'),
  refuseCancel: answered(4, 507, 'storage_full'),
  stopping: { type: 'stopping' },
  cancel: storing(2, { kind: 'cancelling', by: 'cancel 4' }),
  stopped: { type: 'stopped' },
  exitTwo: exited(2, 'interrupt'),
  endTwo: ending(2, 'cancelled'),
  attach: { type: 'attached', stream: 'r', session: 's', after: -1 },
  askDelete: asking(5, 'delete'),
  delete: { type: 'deleted', session: 's' },
  answerDelete: answered(5, 204),
  despair: { type: 'despaired', stream: 'r', why: '404 session_not_found' },
  remove: { type: 'removed', session: 's' },
  askGone: asking(6, 'prompt', 'three'),
  refuseGone: answered(6, 404, 'session_not_found'),
  askAgain: asking(7, 'open'),
  refuseAgain: answered(7, 410, 'session_deleted'),
  over: rest(),
}

type Change = Record<string, Happening | null | Happening[]>

const promisesBroken = (change: Change): string[] => {
  const happened = Object.values({ ...GOOD, ...change }).flatMap((happening) => happening ?? [])
  const history = happened.map((happening, at): Entry => ({ ...happening, at }))
  return [...new Set(checkHistory(history, TERMS).map((violation) => violation.split(': ')[0]!))]
}

test('a life in which all went well breaks no promise', () => {
  expect(promisesBroken({})).toEqual([])
})

test('a server that stops owes no record of what it deletes meanwhile', () => {
  const { askDelete, exitTwo, delete: deleted } = GOOD
  const meanwhile = [askDelete!, exitTwo!, deleted!, { type: 'unanswered', request: 5 } as const]
  const later = { exitTwo: null, endTwo: null, askDelete: null, delete: null, answerDelete: null }
  expect(promisesBroken({ cancel: meanwhile, ...later, attach: null, despair: null })).toEqual([])
})

const EXISTENCE = 'a session is there until it is deleted'
const SETTINGS = 'what is set holds'
const ALLOWANCES = 'what is allowed for good is not asked again'
const FILES = "a prompt's files come with it"
const STOP = 'a server that stops stores what it has done'

test.each<[string, string, Change]>([
  [
    'a deletion is acknowledged before it is one',
    EXISTENCE,
    { answerDelete: null, askDelete: [GOOD.askDelete!, answered(5, 204)] },
  ],
  ['a session is deleted that nobody wanted deleted', EXISTENCE, { askDelete: null, answerDelete: null }],
  ['an agent outlives its session', EXISTENCE, { exitTwo: null, endTwo: null }],
  [
    'something is stored for what is deleted',
    EXISTENCE,
    { endTwo: null, remove: [GOOD.remove!, GOOD.endTwo!] },
  ],
  ['the files of what is deleted stay', EXISTENCE, { remove: null }],
  ['a reader stays attached to what is deleted', EXISTENCE, { despair: null, over: rest('r') }],
  ['an id is used again', EXISTENCE, { refuseAgain: [{ type: 'opened', session: 's' }, answered(7, 201)] }],
  ['what is deleted answers', EXISTENCE, { refuseGone: answered(6, 409, 'session_busy') }],
  ['what is there is not found', EXISTENCE, { answerSet: answered(0, 404, 'session_not_found') }],
  ['what is set is not stored', SETTINGS, { set: null }],
  ['what is set is shown otherwise', SETTINGS, { answerSet: answered(0, 200, { ...SET, archived: true }) }],
  ['what was refused is set', SETTINGS, { answerSet: answered(0, 507, 'storage_full') }],
  [
    'an agent has another permission mode',
    SETTINGS,
    { spawnOne: spawned(1, { permissionMode: 'ask', attachments: [FILE] }) },
  ],
  ['what was allowed is asked again', ALLOWANCES, { spawnTwo: spawned(2, {}) }],
  ['what was never allowed is not asked', ALLOWANCES, { spawnTwo: spawned(2, { allowed: ['a', 'b'] }) }],
  [
    'what was allowed holds though a permission mode was set',
    ALLOWANCES,
    {
      endOne: [
        GOOD.endOne!,
        asking(8, 'set', JSON.stringify({ title: 'again' })),
        { type: 'edited', session: 's', edit: { title: 'again', permissionMode: 'ask' } },
      ],
    },
  ],
  ['an agent is not told of a file', FILES, { spawnOne: spawned(1, {}) }],
  ['a turn has a file that nobody sent', FILES, { askOne: asking(1, 'prompt', 'one') }],
  [
    'the queue is cleared by nobody',
    'nothing is taken away that somebody wants',
    { askClear: null, answerClear: null },
  ],
  ['the queue is said to be clear, and is not', 'what is acknowledged is on record, once', { clear: null }],
  ['a server stops without what it has done', STOP, { cancel: null, stopped: [GOOD.stopped!, GOOD.cancel!] }],
])('it is seen that %s', (_, promise, change) => {
  expect(promisesBroken(change)).toContain(promise)
})
