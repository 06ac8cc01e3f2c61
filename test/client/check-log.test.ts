import { describe, expect, test } from 'vitest'
import * as ids from '../../src/client/check-log/contiguous-ids.ts'
import * as grammar from '../../src/client/check-log/grammar.ts'
import * as log from '../../src/client/check-log/log-check.ts'
import * as queue from '../../src/client/check-log/queue.ts'
import { type LoggedEvent, type Violation, violationText } from '../../src/client/check-log/violation.ts'

const inWords =
  <Args extends unknown[]>(check: (...args: Args) => Violation[]) =>
  (...args: Args): string[] =>
    check(...args).map(violationText)
const checkLog = inWords((events: readonly object[]) => [...log.checkLog(events).violations])
const checkContiguousIds = inWords(ids.checkContiguousIds)
const checkGrammar = inWords(grammar.checkGrammar)
const checkQueue = inWords(queue.checkQueue)

type Unnumbered = Omit<LoggedEvent, 'id'>

const numbered = (events: Unnumbered[]): LoggedEvent[] => events.map((event, id) => ({ ...event, id }))

const completed = (turn: number): Unnumbered[] => [
  { kind: 'user', turn },
  { kind: 'turn_start', turn },
  { kind: 'agent_ready', turn },
  { kind: 'text', turn },
  { kind: 'tool_use', turn },
  { kind: 'approval', turn },
  { kind: 'approval_resolved', turn },
  { kind: 'tool_result', turn },
  { kind: 'result', turn },
  { kind: 'turn_end', turn, outcome: 'completed' },
]

const cancelled = (turn: number): Unnumbered[] => [
  { kind: 'user', turn },
  { kind: 'turn_start', turn },
  { kind: 'cancelling', turn },
  { kind: 'notice', turn },
  { kind: 'cancelled', turn },
  { kind: 'turn_end', turn, outcome: 'cancelled' },
]

const failed = (turn: number, code: string, outcome: string): Unnumbered[] => [
  { kind: 'user', turn },
  { kind: 'turn_start', turn },
  { kind: 'error', turn, code },
  { kind: 'turn_end', turn, outcome },
]

/** Three turns, the last one open; a prompt waits from the second to the third. */
const GOOD = numbered([
  ...completed(1),
  ...cancelled(2).slice(0, 4),
  { kind: 'queued', promptId: 'p', text: 'next', position: 1 },
  ...cancelled(2).slice(4),
  { kind: 'dequeued', promptId: 'p', reason: 'started' },
  { ...completed(3)[0]!, promptId: 'p', text: 'next' },
  ...completed(3).slice(1, 4),
])
const at = (kind: string, turn: number): number =>
  GOOD.findIndex((event) => event.kind === kind && event.turn === turn)

const without = (position: number): LoggedEvent[] => numbered(GOOD.toSpliced(position, 1))
const inserted = (position: number, event: Unnumbered): LoggedEvent[] =>
  numbered(GOOD.toSpliced(position, 0, { ...event, id: 0 }))
const changed = (position: number, fields: Partial<LoggedEvent>): LoggedEvent[] =>
  GOOD.with(position, { ...GOOD[position]!, ...fields })

describe('a good log', () => {
  test('is in order after each of its events', () => {
    for (let length = 0; length <= GOOD.length; length++) expect(checkLog(GOOD.slice(0, length))).toEqual([])
  })

  test.each([
    ['spawn_failed', 'failed'],
    ['exit_nonzero', 'failed'],
    ['agent_error', 'failed'],
    ['internal', 'failed'],
    ['disk_full', 'failed'],
    ['timed_out', 'timed_out'],
    ['lost', 'lost'],
    ['interrupted', 'interrupted'],
  ])('may have a turn that ends in the error %s, and then as %s', (code, outcome) => {
    expect(checkLog(numbered(failed(1, code, outcome)))).toEqual([])
  })

  test('may have a turn that was being cancelled, but ended by another cause', () => {
    const turn = [...cancelled(1).slice(0, 4), ...failed(1, 'timed_out', 'timed_out').slice(2)]
    expect(checkLog(numbered(turn))).toEqual([])
    expect(checkLog(numbered([...cancelled(1).slice(0, 4), ...completed(1).slice(-1)]))).toEqual([])
  })

  test('has queued and dequeued anywhere, even between user and turn_start', () => {
    for (let position = 0; position <= GOOD.length; position++)
      expect(checkGrammar(inserted(position, { kind: 'dequeued', turn: 99 }))).toEqual([])
  })
})

describe('ids', () => {
  test.each([
    ['an event that is missing', GOOD.toSpliced(5, 1), 5],
    ['an event that comes twice', GOOD.toSpliced(5, 0, GOOD[5]!), 6],
    ['a log that does not begin at 0', GOOD.slice(1), 0],
    ['an id that is no number', changed(5, { id: '5' as unknown as number }), 5],
  ])('show %s, once and where it is', (_, events, position) => {
    const [first, ...more] = checkContiguousIds(events)
    expect(first).toMatch(new RegExp(`^at ${position} .*the id should be ${first!.match(/\d+$/)![0]}$`))
    expect(more.filter((violation) => !violation.includes(`at ${position + 1} `))).toEqual([])
  })

  test('show two events in the wrong order', () => {
    const swapped = GOOD.with(3, GOOD[4]!).with(4, GOOD[3]!)
    expect(checkContiguousIds(swapped)).toHaveLength(3)
  })

  test('of what follows a cursor begin behind it', () => {
    expect(checkContiguousIds(GOOD.slice(7), 6)).toEqual([])
    expect(checkContiguousIds(GOOD.slice(7), 5)).toEqual([
      'at 0 (id 7, turn 1, tool_result): the id should be 6',
    ])
  })
})

describe('the grammar shows', () => {
  test.each<[string, LoggedEvent[], string[]]>([
    [
      'a turn without its user',
      numbered(completed(1).slice(1, 3)),
      [
        'at 0 (id 0, turn 1, turn_start): nothing comes before the first user',
        'at 1 (id 1, turn 1, agent_ready): nothing comes before the first user',
      ],
    ],
    [
      'a turn without its turn_start',
      without(1),
      ['at 1 (id 1, turn 1, agent_ready): turn_start comes right after user'],
    ],
    [
      'a second turn_start',
      inserted(4, { kind: 'turn_start', turn: 1 }),
      ['at 4 (id 4, turn 1, turn_start): turn_start comes right after user, and once'],
    ],
    [
      'a turn without its turn_end',
      without(at('turn_end', 1)),
      ['at 9 (id 9, turn 2, user): turn 1 is still open'],
    ],
    [
      'a second turn_end',
      inserted(10, { kind: 'turn_end', turn: 1, outcome: 'completed' }),
      ['at 10 (id 10, turn 1, turn_end): turn 1 has ended'],
    ],
    [
      'anything in the name of a turn that has ended',
      inserted(10, { kind: 'text', turn: 1 }),
      ['at 10 (id 10, turn 1, text): turn 1 has ended'],
    ],
    [
      'the same in the midst of the next turn',
      inserted(13, { kind: 'text', turn: 1 }),
      ['at 13 (id 13, turn 1, text): the turn should be 2'],
    ],
    [
      'a turn number that is left out',
      numbered([...completed(1), ...completed(3)]),
      ['at 10 (id 10, turn 3, user): the turn should be 2'],
    ],
    [
      'a turn number that comes again',
      numbered([...completed(1), ...completed(1)]),
      ['at 10 (id 10, turn 1, user): the turn should be 2'],
    ],
    [
      'a first turn that is not 1',
      numbered(completed(0)),
      ['at 0 (id 0, turn 0, user): the turn should be 1'],
    ],
    [
      'a second cancelling',
      inserted(14, { kind: 'cancelling', turn: 2 }),
      ['at 14 (id 14, turn 2, cancelling): cancelling comes once'],
    ],
    [
      'output after cancelled',
      inserted(at('turn_end', 2), { kind: 'text', turn: 2 }),
      [
        `at ${at('turn_end', 2)} (id ${at('turn_end', 2)}, turn 2, text): only turn_end follows error or cancelled`,
      ],
    ],
    [
      'cancelling after an error',
      numbered(failed(1, 'lost', 'lost').toSpliced(3, 0, { kind: 'cancelling', turn: 1 })),
      ['at 3 (id 3, turn 1, cancelling): only turn_end follows error or cancelled'],
    ],
    [
      'an error besides cancelled',
      inserted(at('turn_end', 2), { kind: 'error', turn: 2, code: 'lost' }),
      [
        `at ${at('turn_end', 2)} (id ${at('turn_end', 2)}, turn 2, error): one error or cancelled is all a turn may have`,
      ],
    ],
    [
      'a cancelled turn with another outcome',
      changed(at('turn_end', 2), { outcome: 'completed' }),
      [
        `at ${at('turn_end', 2)} (id ${at('turn_end', 2)}, turn 2, turn_end): the outcome is completed and should be cancelled`,
      ],
    ],
    [
      'a failure without its error',
      changed(at('turn_end', 1), { outcome: 'failed' }),
      ['at 9 (id 9, turn 1, turn_end): the outcome is failed and should be completed'],
    ],
    [
      'a timeout that is called a failure',
      numbered(failed(1, 'timed_out', 'failed')),
      ['at 3 (id 3, turn 1, turn_end): the outcome is failed and should be timed_out'],
    ],
    [
      'a failure that is called a loss',
      numbered(failed(1, 'exit_nonzero', 'lost')),
      ['at 3 (id 3, turn 1, turn_end): the outcome is lost and should be failed'],
    ],
    [
      'a kind that nobody knows',
      inserted(4, { kind: 'weather', turn: 1 }),
      ['at 4 (id 4, turn 1, weather): the kind is unknown'],
    ],
  ])('%s', (_, events, violations) => {
    expect(checkGrammar(events)).toEqual(violations)
    expect(checkLog(events)).toEqual(violations)
  })

  test('each event that a turn cannot do without, when it is gone', () => {
    const needed = new Set(['user', 'turn_start', 'cancelled', 'turn_end'])
    for (const [position, { kind }] of GOOD.entries())
      expect(checkGrammar(without(position)).length > 0, `${kind} at ${position}`).toBe(needed.has(kind))
  })
})

describe('the queue', () => {
  const queued = (promptId: string, position: number, text = promptId): Unnumbered => ({
    ...{ kind: 'queued', promptId, position, text },
  })
  const dequeued = (promptId: string, reason: string): Unnumbered => ({ kind: 'dequeued', promptId, reason })
  const user = (promptId: string, text = promptId): Unnumbered => ({ kind: 'user', promptId, text })
  const begun = [queued('a', 1), queued('b', 2), queued('c', 3)]

  test('may be edited, cleared and started from, with anything in between', () => {
    const text: Unnumbered = { kind: 'text' }
    const events = numbered([
      ...[...begun, text, dequeued('b', 'edited'), queued('b', 2, 'better'), dequeued('a', 'started')],
      ...[user('a'), text, dequeued('c', 'removed'), queued('d', 2), dequeued('b', 'started')],
      ...[user('b', 'better'), text, dequeued('d', 'cleared'), { kind: 'user', text: 'at once' }],
    ])
    for (let length = 0; length <= events.length; length++)
      expect(checkQueue(events.slice(0, length))).toEqual([])
  })

  test.each<[string, Unnumbered[], string]>([
    ['one that never waited and stops', [dequeued('x', 'removed')], 'no prompt x waits'],
    ['one that stops twice', [dequeued('a', 'removed'), dequeued('a', 'cleared')], 'no prompt a waits'],
    ['one that waits twice', [queued('a', 4)], 'the prompt a waits already'],
    ['one that comes again', [dequeued('a', 'removed'), queued('a', 1)], 'the prompt a has waited before'],
    ['a position that leaves a gap', [queued('d', 5)], 'the position should be 4'],
    ['one that does not wait behind the others', [queued('d', 1)], 'the position should be 4'],
    ['a reason that nobody knows', [dequeued('a', 'lost')], 'the reason lost is unknown'],
    ['one that overtakes', [dequeued('b', 'started'), user('b')], 'another prompt was next'],
    [
      'a start without its turn',
      [dequeued('a', 'started'), { kind: 'text' }],
      'user of the prompt a should follow',
    ],
    [
      'a start of another prompt',
      [dequeued('a', 'started'), user('b')],
      'user of the prompt a should follow',
    ],
    ['a start with another text', [dequeued('a', 'started'), user('a', 'x')], 'the text is not what waited'],
    [
      'an edit that loses it',
      [dequeued('a', 'edited'), { kind: 'text' }],
      'queued of the prompt a should follow',
    ],
    ['an edit that moves it', [dequeued('a', 'edited'), queued('a', 2)], 'the position should still be 1'],
    ['a turn of what did not wait', [user('x')], 'the prompt x did not wait'],
    ['a turn of what still waits', [user('a')], 'the prompt a did not wait'],
  ])('shows %s', (_, events, what) => {
    const violations = checkQueue(numbered([...begun, ...events]))
    expect(violations).toEqual([expect.stringContaining(`: ${what}`)])
    expect(checkLog(numbered([...begun, ...events]))).toContain(violations[0])
  })
})

describe('approvals', () => {
  const asked = (approvalId: string): Unnumbered => ({ kind: 'approval', turn: 1, approvalId })
  const resolved = (approvalId: string): Unnumbered => ({ kind: 'approval_resolved', turn: 1, approvalId })
  const turn = (...events: Unnumbered[]): LoggedEvent[] =>
    numbered([...completed(1).slice(0, 3), ...events, ...completed(1).slice(-1)])

  test('may be open at once, and answered in any order', () => {
    expect(checkLog(turn(asked('a'), asked('b'), resolved('b'), resolved('a')))).toEqual([])
  })

  test.each([
    ['one that is answered twice', [asked('a'), resolved('a'), resolved('a')], 5, 'no approval a is open'],
    ['an answer to nothing', [resolved('a')], 3, 'no approval a is open'],
    ['one that is asked twice', [asked('a'), asked('a'), resolved('a')], 4, 'the approval a is open already'],
    ['those that a turn leaves open', [asked('a'), asked('b')], 5, 'nobody answered a, b'],
  ])('show %s', (_, events, position, what) => {
    expect(checkLog(turn(...events))).toEqual([
      expect.stringMatching(new RegExp(`^at ${position} .*: ${what}$`)),
    ])
  })
})

describe('of what an event says it is shown', () => {
  test.each<[string, object, string]>([
    ['a time that is none', { at: 'garbage' }, 'at is no time'],
    ['a day that is none', { at: '2026-13-01T00:00:00.000Z' }, 'at is no time'],
    ['a time of nobody knows where', { at: '2026-01-01T00:00:00' }, 'at is no time'],
    ['a text that is none', { text: 5 }, 'text is no text'],
    ['a number that is none', { survivors: null }, 'survivors is no number'],
    ['a truth that is none', { isError: 'no' }, 'isError is neither true nor false'],
    ['what cannot even be said', { by: { toString: 1 } }, 'by is no text'],
  ])('%s', (_, fields, what) => {
    expect(checkLog(changed(3, fields))).toEqual([`at 3 (id 3, turn 1, text): ${what}`])
  })

  test.each<[string, object]>([
    ['an earlier time than that of the event before', { at: '1999-12-31T23:59:59.999Z' }],
    ['nothing, where there may be nothing', { signal: null, exitCode: null, model: null, expiresAt: null }],
    ['what this version does not know', { weather: { toString: 1 } }],
  ])('but not %s', (_, fields) => {
    expect(checkLog(changed(3, fields))).toEqual([])
  })

  test('a turn that cannot be one, without more being said of it than has to be', () => {
    const turn = { toString: 1 } as unknown as number
    expect(checkLog(changed(3, { turn }))).toEqual([
      'at 3 (id 3, turn undefined, text): turn is no number',
      'at 3 (id 3, turn undefined, text): the turn should be 1',
    ])
  })
})

test('the turn that has no end is told, whatever waits behind it', () => {
  const openTurns = GOOD.map((_, index) => log.checkLog(GOOD.slice(0, index + 1)).openTurn)
  expect(openTurns[8]).toBe(1)
  expect(openTurns[9]).toBe(null)
  expect(openTurns.at(-1)).toBe(3)
  const waits = { kind: 'queued', promptId: 'q', text: 'x', position: 1, turn: 1 }
  expect(log.checkLog(numbered([...completed(1), waits])).openTurn).toBe(null)
  expect(log.checkLog(numbered([...completed(1).slice(0, 3), waits])).openTurn).toBe(1)
})
