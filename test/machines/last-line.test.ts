import { expect, test } from 'vitest'
import type { Event, LogRecord } from '../../src/machines/events.ts'
import { lastLineOf } from '../../src/machines/last-line.ts'

const of = (record: LogRecord) => lastLineOf({ ...record, id: 0, at: '2026-11-22T10:00:00.000Z' } as Event)
const said = (text: string) => of({ kind: 'text', turn: 1, text, block: 0 })?.text ?? null

test('a prompt, the agent’s text and an error say something, and it is known who did', () => {
  expect(of({ kind: 'user', turn: 1, text: 'Why?' })).toEqual({ kind: 'user', text: 'Why?' })
  expect(of({ kind: 'text', turn: 1, text: 'So.', block: 0 })).toEqual({ kind: 'text', text: 'So.' })
  const error = of({ kind: 'error', turn: 1, code: 'exit_nonzero', error: 'no disk\n' })
  expect(error).toEqual({ kind: 'error', text: 'no disk' })
})

test('what a subagent says, and what the agent thinks and does, is not what was said', () => {
  expect(of({ kind: 'text', turn: 1, text: 'aside', block: 0, parent: 'task' })).toBeNull()
  expect(of({ kind: 'thinking', turn: 1, text: 'Hm.', block: 0 })).toBeNull()
  const result = { kind: 'tool_result', toolUseId: 'a', text: 'out', isError: false, bytes: 3 } as const
  expect(of({ ...result, turn: 1 })).toBeNull()
})

test.each([
  ['the last of several', 'a\nb\nc', 'c'],
  ['the last that is not blank', 'a\nb\n\n \t\r\n', 'b'],
  ['without the CR of a CRLF', 'a\r\nb\r\n', 'b'],
  ['what a progress bar shows at its end', ' 10%\r 20%\r 30%', '30%'],
  ['white space as single blanks', '  12G\t/var   full ', '12G /var full'],
  ['none, where there is nothing but white space', ' \n\t\n', null],
  ['none, where there is nothing', '', null],
  ['the first 200 characters of a long one', `a\n${'x'.repeat(300)}`, 'x'.repeat(200)],
  ['no half of a character', `${'x'.repeat(199)}🚒`, `${'x'.repeat(199)}\ufffd`],
])('the line that is shown is %s', (_, text, line) => {
  expect(said(text)).toBe(line)
})

test('a text is looked at from its end, and no further than 16 KiB', () => {
  expect(said(`begin${'y'.repeat(20_000)}`)).toBe('y'.repeat(200))
  expect(said(`a line${' '.repeat(20_000)}`)).toBeNull()
})
