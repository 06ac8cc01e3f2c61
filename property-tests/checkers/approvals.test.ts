import { expect, test } from 'vitest'
import type { Decision, Event } from '../../src/machines/events.ts'
import { EMPTY_FOLD } from '../../src/machines/fold.ts'
import { checkApprovals, checkToldInTheEnd } from './approvals.ts'
import type { Entry, Happening } from './history.ts'

const TERMS = { turnTimeoutMs: 100, stopRecordMs: 1, stopWaitMs: 1 }
const at = '2026-11-22T10:00:00.000Z'
const storing = (...events: Event[]): Happening => ({
  type: 'stored',
  session: 's',
  events,
  fold: EMPTY_FOLD,
})
const told = (decision: Decision, always = false): Happening => ({
  ...{ type: 'told', agent: 0, approvalId: 'a', decision, always },
})
const resolved = storing({
  ...{ kind: 'approval_resolved', id: 3, at, turn: 1, approvalId: 'a' },
  ...{ decision: 'allow', by: 'phone', message: '' },
})

const GOOD: Record<string, Happening> = {
  open: storing({ kind: 'user', id: 0, at, turn: 1, text: 'hi' }),
  spawn: {
    ...{ type: 'spawned', agent: 0, session: 's', turn: 1 },
    ...{ permissionMode: 'ask', allowed: [], attachments: [] },
  },
  want: { type: 'wanted', agent: 0, approvalId: 'a' },
  ask: storing({
    ...{ kind: 'approval', id: 2, at, turn: 1, approvalId: 'a', toolUseId: 't', toolName: 'Bash' },
    ...{ input: {}, description: '', suggestions: [], expiresAt: null },
  }),
  resolve: resolved,
  tell: told('allow'),
  rest: { type: 'rest', streams: [], over: false },
}

const check = (change: Record<string, Happening | Happening[] | null>, stepMs = 1): string[] => {
  const happened = Object.values({ ...GOOD, ...change }).flatMap((happening) => happening ?? [])
  const history = happened.map((happening, index): Entry => ({ ...happening, at: index * stepMs }))
  return [...checkApprovals(history), ...checkToldInTheEnd(history, TERMS)]
}

test('a question that is answered, and whose agent is told, is in order', () => {
  expect(check({})).toEqual([])
})

test.each<[string, Record<string, Happening | Happening[] | null>, string]>([
  [
    'an answer to what nobody asked',
    { want: null, ask: null, tell: null },
    'a: was answered, and nobody had asked',
  ],
  [
    'an answer that is refused though it is the first',
    {
      resolve: [
        {
          ...{ type: 'asked', request: 0, wish: 'w', session: 's', what: 'answer', body: 'allow' },
          target: 'a',
        },
        { type: 'answered', request: 0, status: 409, answer: 'approval_not_open' },
        resolved,
      ],
    },
    'a: an answer was refused, and it is open',
  ],
  ['a second answer', { resolve: [resolved, resolved] }, 'a: was answered twice'],
  [
    'an agent that is told before the answer is on record',
    { resolve: null, tell: [told('allow'), resolved] },
    'a: the agent was told before the answer was on record',
  ],
  ['an agent that is told twice', { tell: [told('allow'), told('allow')] }, 'a: the agent was told twice'],
  [
    'an agent that is told otherwise',
    { tell: told('deny') },
    'a: the agent was told deny, and the answer was allow',
  ],
  [
    'an agent that is told of more',
    { tell: told('allow', true) },
    'a: the agent was told that it is for good',
  ],
  ['an agent that is never told', { tell: null }, 'a: was answered, and the agent waits for ever'],
])('%s is seen', (_, change, violation) => {
  expect(check(change)).toEqual([violation])
})

test('an agent that is being stopped, is lost or has gone need not be told', () => {
  const exited: Happening = { type: 'exited', agent: 0, by: 'itself', exitCode: 0 }
  expect(check({ tell: exited })).toEqual([])
  expect(check({ tell: { type: 'lost', session: 's', turn: 1 } })).toEqual([])
  expect(check({ tell: { type: 'deleted', session: 's' } })).toEqual([])
  expect(check({ tell: null }, 100)).toEqual([])
  expect(check({ tell: storing({ kind: 'cancelling', id: 4, at, turn: 1, by: 'phone' }) })).toEqual([])
})
