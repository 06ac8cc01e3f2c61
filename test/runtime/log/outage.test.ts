import { expect, test } from 'vitest'
import { checkGrammar } from '../../../src/client/check-log/grammar.ts'
import type { Event, LogRecord } from '../../../src/machines/events.ts'
import { CodedError } from '../../../src/runtime/errors.ts'
import { withOutageNotice } from '../../../src/runtime/log/outage.ts'
import { event, text, turnEnd, turnStart, user } from './given.ts'

const STORED = [event(0, user('hi')), event(1, turnStart())]
const NEXT = { id: 2, turn: 1, at: '2026-11-22T11:00:00.000Z' }
const FULL = new CodedError('storage_full')

const unstored = (...records: LogRecord[]): Event[] =>
  records.map((record, index) => event(2 + index, record))
const kinds = (events: Event[]): string[] => events.map(({ kind }) => kind)

test.for<[string, LogRecord[], string[]]>([
  ['alone when nothing else is on its way', [], ['notice']],
  ['behind what was said before it', [text('a'), text('b')], ['text', 'text', 'notice']],
  ['before the end of the turn', [text('a'), turnEnd()], ['text', 'notice', 'turn_end']],
  [
    'before why it ended',
    [text('a'), { kind: 'cancelled', turn: 1 }, { ...turnEnd(), outcome: 'cancelled' } as LogRecord],
    ['text', 'notice', 'cancelled', 'turn_end'],
  ],
])('an outage is told %s, and the ids stay in order', ([, records, expected]) => {
  const events = withOutageNotice(unstored(...records), NEXT, FULL)
  expect(kinds(events)).toEqual(expected)
  expect(events.map(({ id }) => id)).toEqual(expected.map((_, index) => 2 + index))
  expect(checkGrammar([...STORED, ...events])).toEqual([])
})

test('a full disk is told from any other failure, and since when it was', () => {
  const noticeOf = (error: unknown) => withOutageNotice([], NEXT, error)[0]
  expect(noticeOf(FULL)).toEqual({
    ...{ id: 2, turn: 1, at: NEXT.at, kind: 'notice', level: 'warn', code: 'disk_full' },
    text: expect.stringMatching(/^The disk was full at 2026-11-22T11:00:00.000Z\./),
  })
  for (const error of [new CodedError('storage_failed'), new Error('EIO')])
    expect(noticeOf(error)).toMatchObject({ code: 'store_failed', text: /^The log could not be stored at / })
})
