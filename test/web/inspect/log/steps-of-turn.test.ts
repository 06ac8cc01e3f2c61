import { describe, expect, test } from 'vitest'
import type { Event } from '../../../../src/machines/events.ts'
import { stepsOfTurn } from '../../../../src/web/inspect/log/steps-of-turn.ts'
import { asks, end, logOf, RESULT, resolved, START, text, USER } from './turn.ts'

const session = (events: Event[]) => stepsOfTurn(events).filter(({ to }) => to === 'session')
const types = (events: Event[]): string[] => session(events).map(({ event }) => event.type)
const stateOf = (lit: readonly string[]): string => (lit.at(-1) ?? 'none').replace(/^(session|process)\./, '')
/** Where the process came to, and by what. */
const process = (events: Event[]): string[] =>
  stepsOfTurn(events)
    .filter(({ to }) => to === 'process')
    .map(({ event, after }) => `${event.type} → ${stateOf(after)}`)

const CANCELLED = logOf([
  ...[USER, START, text('Hm.'), asks('a'), asks('b'), { kind: 'cancelling', by: 'phone' } as const],
  ...[resolved('a', 'cancel'), resolved('b', 'cancel'), text('Bye.'), asks('c'), resolved('c', 'cancel')],
  ...[{ kind: 'cancelled' } as const, end('cancelled', 130)],
])

describe('a turn that was cancelled', () => {
  test('shows who told the session what, and where that led', () => {
    const steps = session(CANCELLED).map(({ from, event, before, after }) => [
      ...[from, event.type, stateOf(before), stateOf(after)],
    ])
    expect(steps).toEqual([
      ['outside', 'PROMPT', 'idle', 'turn.running'],
      ['process', 'OUTPUT', 'turn.running', 'turn.running'],
      ['process', 'OUTPUT', 'turn.running', 'turn.running'],
      ['process', 'OUTPUT', 'turn.running', 'turn.running'],
      ['outside', 'CANCEL', 'turn.running', 'turn.cancelling'],
      ['process', 'OUTPUT', 'turn.cancelling', 'turn.cancelling'],
      ['process', 'OUTPUT', 'turn.cancelling', 'turn.cancelling'],
      ['process', 'xstate.done.actor.process', 'turn.cancelling', 'idle'],
    ])
  })

  test('has each event in the step that put it there', () => {
    expect(session(CANCELLED).map(({ events }) => events.map(({ id }) => id))).toEqual([
      ...[[0, 1], [2], [3], [4], [5, 6, 7], [8], [9, 10], [11, 12]],
    ])
  })

  test('shows what the session forgot', () => {
    const { changes } = session(CANCELLED)[4]!
    expect(changes).toMatchObject([
      { field: 'asked', before: [{ approvalId: 'a' }, { approvalId: 'b' }], after: [] },
    ])
  })
})

describe('an answer', () => {
  const asked = (by: string, message?: string): Event[] =>
    logOf([USER, START, text('Hm.'), asks('a', '2026-01-01T00:30:00.000Z'), resolved('a', by, message)])

  test.each([
    ['phone', undefined, 'ANSWER'],
    ['deadline', undefined, 'EXPIRE'],
    ['agent', undefined, 'OUTPUT'],
    ['server', 'The agent cannot be told anything any more.', 'DEAF'],
  ])('by %s is an event of its own kind', (by, message, type) => {
    expect(types(asked(by, message)).at(-1)).toBe(type)
  })

  test('has a deadline that runs until it is there', () => {
    const steps = session(asked('phone'))
    expect(steps[2]!.timers).toEqual([
      { event: 'EXPIRE', startedAt: '2026-01-01T00:00:03.000Z', delayMs: 29 * 60_000 + 57_000 },
    ])
    expect(steps[3]!.timers).toEqual([])
  })

  test('that is there at once says that nobody knows which event it was', () => {
    const [user, start, ask, denial] = logOf([
      ...[USER, START, asks('a'), resolved('a', 'server', 'The agent cannot be told anything any more.')],
    ])
    const together = session([user!, start!, ask!, { ...denial!, at: ask!.at }])
    expect(together.map(({ guess }) => guess !== null)).toEqual([false, true])
    expect(types([user!, start!, ask!, denial!])).toEqual(['PROMPT', 'OUTPUT', 'DEAF'])
  })
})

test('a turn whose machine failed says so', () => {
  const events = logOf([USER, START, { kind: 'error', code: 'internal', error: 'x' }, end('failed', null)])
  expect(types(events)).toEqual(['PROMPT', 'xstate.error.actor.process'])
})

test('what is said of the queue and of the disk is no machine’s', () => {
  const events = logOf([
    ...[USER, START, { kind: 'queued', promptId: 'p', text: 'next', position: 1 } as const],
    { kind: 'notice', level: 'warn', code: 'disk_full', text: 'It was full.' },
    ...[text('Hm.'), end('completed')],
  ])
  expect(types(events)).toEqual(['PROMPT', 'OUTPUT', 'xstate.done.actor.process'])
})

describe('the process, as far as the log tells,', () => {
  test.each<[string, Event[], string[]]>([
    [
      'runs once it says something, should go after its result, and is gone when it has',
      logOf([USER, START, text('Hm.'), RESULT, end('completed')]),
      [
        'xstate.init → starting',
        'STARTED → active.working.running',
        'FINISHED → active.working.finishing',
      ].concat(['EXITED → settling', 'CLEARED → ended']),
    ],
    [
      'waits while something is asked',
      logOf([USER, START, asks('a'), resolved('a', 'phone')]),
      ['xstate.init → starting', 'STARTED → active.working.running', 'ASKING → active.asking'].concat([
        'ANSWER → active.asking',
        'ASKING → active.working.running',
      ]),
    ],
    [
      'is stopped by a cancel',
      CANCELLED,
      ['xstate.init → starting', 'STARTED → active.working.running', 'ASKING → active.asking'].concat([
        'STOP → stopping.interrupting',
        'EXITED → stopping.terminating',
        'CLEARED → ended',
      ]),
    ],
    [
      'is given up before it was there',
      logOf([
        USER,
        START,
        { kind: 'cancelling', by: 'phone' },
        { kind: 'cancelled' },
        end('cancelled', null),
      ]),
      ['xstate.init → starting', 'STOP → abandoning', 'CLEARED → ended'],
    ],
    [
      'cannot be started',
      logOf([USER, START, { kind: 'error', code: 'spawn_failed', error: '' }, end('failed', null)]),
      ['xstate.init → starting', 'START_FAILED → ended'],
    ],
    [
      'runs out of time',
      logOf([USER, START, text('Hm.'), { kind: 'error', code: 'timed_out', error: '' }, end('timed_out', 1)]),
      [
        ...['xstate.init → starting', 'STARTED → active.working.running'],
        'xstate.after.turnTimeout.process.active.working → stopping.interrupting',
        ...['EXITED → stopping.terminating', 'CLEARED → ended'],
      ],
    ],
    [
      'is not there yet while it waits for its place',
      logOf([USER, START, { kind: 'notice', level: 'info', code: 'waiting_for_slot', text: '' }]),
      ['xstate.init → starting'],
    ],
  ])('%s', (_, events, expected) => {
    expect(process(events)).toEqual(expected)
  })

  test('is a guess, each step of it', () => {
    for (const { to, guess } of stepsOfTurn(CANCELLED)) expect(guess === null).toBe(to === 'session')
  })

  test('is said to have left as the turn’s end says', () => {
    const exit = stepsOfTurn(CANCELLED).find(({ event }) => event.type === 'EXITED')
    expect(exit!.changes).toEqual([{ field: 'exitCode', before: null, after: 130 }])
  })

  test('tells its port what it tells it in these states', () => {
    const told = stepsOfTurn(CANCELLED).filter(({ to }) => to === 'port')
    expect(told.map(({ event }) => event.type)).toEqual(['INTERRUPT', 'TERMINATE'])
  })
})

test('whatever a log holds, nothing is thrown', () => {
  const damaged = [
    { id: 7, at: 'x', kind: 'weather' },
    { id: 3, at: '', kind: 'approval_resolved' },
  ] as unknown
  expect(() => stepsOfTurn(damaged as Event[])).not.toThrow()
  expect(stepsOfTurn([])).toEqual([])
})
