/** What the page says in words. */

import { describe, expect, it } from 'vitest'
import { type Approval, RequestError } from '../../../src/client/index.ts'
import { changesOf } from '../../../src/web/state/change-of.ts'
import { editableText, editedInput } from '../../../src/web/state/edited-input.ts'
import { problemText } from '../../../src/web/state/problem-text.ts'
import { approvalName, resolutionText } from '../../../src/web/state/resolution-text.ts'
import { ruleTexts } from '../../../src/web/state/rule-text.ts'
import { followClock, NO_CLOCK } from '../../../src/web/state/server-clock.ts'
import { age, countdown } from '../../../src/web/times.ts'
import { visible } from '../../../src/web/visible.ts'

describe('what always would take up', () => {
  const rules = (...list: object[]) => [{ type: 'addRules', behavior: 'allow', rules: list }]
  it.each([
    [rules({ toolName: 'Bash', ruleContent: 'df -h' }), 'Bash: exactly “df -h”'],
    [
      rules({ toolName: 'Bash', ruleContent: 'systemctl restart *' }),
      'Bash: any command that begins with “systemctl restart”',
    ],
    [rules({ toolName: 'Bash', ruleContent: 'npm run:*' }), 'Bash: any command that begins with “npm run”'],
    [rules({ toolName: 'Bash', ruleContent: 'a * b' }), 'Bash: any command like “a * b”'],
    [rules({ toolName: 'Bash' }), 'Bash, whatever it does'],
    [rules({ toolName: 'Read', ruleContent: '//etc/**' }), 'Read: //etc/**'],
    [[{ type: 'setMode', mode: 'acceptEdits' }], 'Every edit of a file in the workspace'],
    [[{ type: 'addDirectories', directories: ['/srv'] }], 'Work in the folder /srv as well'],
    [[{ type: 'new', x: 1 }], '{"type":"new","x":1}'],
    [rules({ strange: 1 }), '{"strange":1}'],
    [[null], 'null'],
  ])('of %j is said', (suggestions, text) => {
    expect(ruleTexts(suggestions)).toEqual([text])
  })

  it('is all of it', () => {
    const list = rules({ toolName: 'Bash', ruleContent: 'a' }, { toolName: 'Bash', ruleContent: 'b' })
    expect(ruleTexts([...list, { type: 'setMode', mode: 'acceptEdits' }])).toHaveLength(3)
  })
})

it.each([
  ['Tablet', 'allow', '', 'Tablet allowed Bash'],
  ['Tablet', 'deny', 'Not now.', 'Tablet denied Bash: Not now.'],
  ['token', 'deny', '', 'A program or terminal denied Bash'],
  ['deadline', 'deny', 'x', 'Nobody answered in time: Bash was denied'],
  ['cancel', 'deny', 'x', 'The turn was stopped: Bash was denied'],
  ['agent', 'deny', 'x', 'The agent does not wait for Bash any more'],
  ['server', 'deny', 'Too many.', 'The server denied Bash: Too many.'],
] as const)('says how %s answered: %s', (by, decision, message, text) => {
  expect(resolutionText('Bash', { by, decision, message }, false)).toBe(text)
})

it('says why something is asked no more, where nobody says who answered', () => {
  expect(resolutionText('Bash', null, false)).toBe('Bash does not wait any more')
  expect(resolutionText('Bash', null, true)).toBe('The deadline of Bash has passed')
})

it.each([
  ['Bash', { command: 'touch  a\nb' }, 'x', 'Bash “touch a b”'],
  ['Bash', { command: 'x'.repeat(100) }, '', `Bash “${'x'.repeat(60)}…”`],
  ['Write', { file_path: '/etc/hosts' }, '', 'Write “/etc/hosts”'],
  ['mcp__a__b', {}, 'Do it', 'mcp__a__b “Do it”'],
  ['mcp__a__b', null, '', 'mcp__a__b'],
  ['AskUserQuestion', {}, 'x', 'Question'],
])('names the approval of %s with %j', (toolName, input, description, expected) => {
  expect(approvalName({ toolName, input, description } as Approval)).toBe(expected)
})

it('says a refusal in words of its own where the server’s are for programs', () => {
  const refusal = new RequestError({ status: 409, code: 'prompt_started', detail: 'x' })
  expect(problemText(refusal)).toBe('It has begun already.')
})

it('says how long', () => {
  expect([5_000, 125_000, 7_300_000, 2e8].map(age)).toEqual(['5 s', '2 min', '2 h', '2 d'])
  expect([7_000, 1_781_000, 3_723_000, -1].map(countdown)).toEqual(['0:07', '29:41', '1:02:03', '0:00'])
})

describe('the server’s clock', () => {
  const at = '2026-11-22T10:00:00.000Z'
  const wall = Date.parse(at)
  /** The server told its time, 300 s behind this device, when the clock that nobody sets showed 1,000. */
  const served = { at: wall - 300_000, seenAt: 1_000 }
  it('is taken for this device’s own until the server has told', () => {
    expect(followClock(NO_CLOCK, { served: null, at, now: 0, wall: wall + 3_600_000 })).toEqual(NO_CLOCK)
  })
  it('is known by what the server told, however old its newest event, and however long ago that was', () => {
    expect(followClock(NO_CLOCK, { served, at: undefined, now: 1_000, wall }).aheadMs).toBe(300_000)
    const old = '2026-01-01T00:00:00.000Z'
    expect(followClock(NO_CLOCK, { served, at: old, now: 9_000, wall: wall + 8_000 }).aheadMs).toBe(300_000)
  })
  it('is exact by what comes as it happens, the fastest of all', () => {
    const first = followClock(NO_CLOCK, { served, at: undefined, now: 1_000, wall })
    const now = 5_000
    const fast = followClock(first, { served, at, now, wall: wall + 299_500 })
    expect(fast.aheadMs).toBe(299_500)
    expect(followClock(fast, { served, at, now, wall: wall + 299_900 }).aheadMs).toBe(299_500)
  })
  it('is ahead when an event is of the future', () => {
    expect(followClock(NO_CLOCK, { served: null, at, now: 0, wall: wall - 60_000 }).aheadMs).toBe(-60_000)
  })
})

describe('an edit', () => {
  const file_path = '/etc/hosts'
  const [old_string, new_string] = ['a', 'b']
  it('is shown as what it changes', () => {
    expect(changesOf('Write', { file_path, content: 'hi' })).toEqual([
      { path: file_path, before: '', after: 'hi', isAll: false, note: 'all of the file' },
    ])
    expect(changesOf('Edit', { file_path, old_string, new_string, replace_all: true })).toEqual([
      { path: file_path, before: 'a', after: 'b', isAll: true, note: 'wherever it stands' },
    ])
    expect(changesOf('MultiEdit', { file_path, edits: [{ old_string, new_string }] })).toHaveLength(1)
  })
  it.each([
    ['Bash', { command: 'ls' }],
    ['Edit', { file_path, old_string }],
    ['MultiEdit', { file_path, edits: [{ old_string, new_string }, { new_string }] }],
    ['Edit', null],
  ])('of another form is shown as it is: %s %j', (toolName, input) => {
    expect(changesOf(toolName, input)).toBeNull()
  })
})

describe('an input that is edited', () => {
  it('is a command in place of a command, the rest as it was', () => {
    const input = { command: 'df', timeout: 5 }
    expect(editableText('Bash', input)).toBe('df')
    expect(editedInput('Bash', input, 'df -h')).toEqual({ command: 'df -h', timeout: 5 })
    expect(editedInput('Bash', input, ' ')).toBe('A command is wanted.')
  })
  it('is JSON for all other tools', () => {
    expect(editedInput('Write', {}, editableText('Write', { a: 1 }))).toEqual({ a: 1 })
    expect(editedInput('Write', {}, '{')).toBe('This is not JSON.')
    expect(editedInput('Write', {}, '[1]')).toBe('An object with a property is wanted.')
    expect(editedInput('Write', {}, '{}')).toBe('An object with a property is wanted.')
  })
})

it('shows what would do something and not be seen', () => {
  expect(visible('a\u202eb\u0007\tc\nd\u{1F468}\u200d\u{1F469}')).toBe(
    'a⟨U+202E⟩b⟨U+0007⟩\tc\nd\u{1F468}\u200d\u{1F469}',
  )
})
