import { expect, test } from 'vitest'
import type { Event, LogRecord } from '../../src/machines/events.ts'
import { EMPTY_FOLD, foldEvent } from '../../src/machines/fold.ts'
import { verifyExport } from '../../src/verify/export.ts'
import { event, queued, text, turnEnd, turnStart, user } from '../runtime/log/given.ts'

const RECORDS: LogRecord[] = [user('hello'), turnStart(), text('a'), queued('p'), turnEnd()]
const EVENTS: Event[] = RECORDS.map((record, id) => event(id, record))
const SESSION = { id: 'ID', ...EVENTS.reduce(foldEvent, EMPTY_FOLD) }

const violations = (session: object, events: unknown[]): string[] =>
  verifyExport(JSON.stringify({ session, events })).violations

test('an export in which all is well has no violations', () => {
  expect(verifyExport(JSON.stringify({ session: SESSION, events: EVENTS }))).toEqual({
    ...{ name: 'ID', events: 5, violations: [] },
  })
  expect(violations({ id: 'ID', ...EMPTY_FOLD }, [])).toEqual([])
})

test('events may have come while it was exported', () => {
  const before = { id: 'ID', ...EVENTS.slice(0, 2).reduce(foldEvent, EMPTY_FOLD) }
  expect(violations(before, EVENTS)).toEqual([])
})

test.for([
  ['a state that is not that of the log', { state: 'running' }, 'state is "running", and should be "idle"'],
  ['a turn that there was not', { turn: 2 }, 'turn is 2, and should be 1'],
  ['a queue that is not that of the log', { queue: [] }, 'queue is [], and should be [{'],
  ['events that are not there', { lastEventId: 5 }, 'the last event should be 5, and is 4'],
] as const)('%s is told', ([, change, expected]) => {
  expect(violations({ ...SESSION, ...change }, EVENTS)).toEqual([expect.stringContaining(expected)])
})

test('a log that is not in order is told of, as it is anywhere', () => {
  expect(violations(SESSION, EVENTS.with(2, EVENTS[1]!))).toEqual([
    'at 2 (id 1, turn 1, turn_start): the id should be 2',
    'at 3 (id 3, turn 1, queued): the id should be 2',
    'at 2 (id 1, turn 1, turn_start): turn_start comes right after user, and once',
  ])
})

test.for([
  '',
  '{',
  '[]',
  'null',
  '{"session":{}}',
  '{"session":1,"events":[]}',
  '{"session":{},"events":{}}',
])('%s is no export', (content) => {
  expect(() => verifyExport(content)).toThrow('it is no export of a session')
})

test('values that have no text are told of like others', () => {
  const none = { toString: null }
  expect(violations({ ...SESSION, id: none }, EVENTS)).toEqual([])
  expect(violations({ ...SESSION, lastEventId: none }, EVENTS)).toEqual([
    'the last event should be {"toString":null}, and is 4',
  ])
  const event = { ...EVENTS[2], id: none, turn: none, kind: none }
  expect(violations(SESSION, EVENTS.with(2, event as never))).toContainEqual(
    'at 2 (id undefined, turn undefined, undefined): the kind is unknown',
  )
})
