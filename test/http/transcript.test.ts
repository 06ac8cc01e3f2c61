import { expect, test } from 'vitest'
import { inline, markdownOf, markdownOfLog } from '../../src/http/transcript.ts'
import type { Event, LogRecord } from '../../src/machines/events.ts'

type Unnumbered = LogRecord extends infer R ? (R extends LogRecord ? Omit<R, 'turn'> : never) : never
const event = (record: Unnumbered): Event =>
  ({ ...record, id: 5, turn: 2, at: '2026-11-22T10:00:00.000Z' }) as Event
const result = (text: string, change = {}) =>
  event({ kind: 'tool_result', toolUseId: 't', text, isError: false, bytes: 9, ...change })

async function* each(events: Event[]): AsyncGenerator<Event> {
  yield* events
}
const documentOf = (agent: string, ...events: Event[]): Promise<string[]> =>
  Array.fromAsync(markdownOfLog(agent, each(events)))
const said = (text: string) => event({ kind: 'text', text, block: 0 })

/** The lines between a block's fences, as CommonMark reads them: https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
function fenced(markdown: string): string[] {
  const lines = markdown.split('\n')
  const start = lines.findIndex((line) => /^`{3,}/.test(line))
  const mark = /^`{3,}/.exec(lines[start]!)![0]
  const length = lines
    .slice(start + 1)
    .findIndex((line) => new RegExp(`^ {0,3}\`{${mark.length},} *$`).test(line))
  expect(length, markdown).toBeGreaterThanOrEqual(0)
  return lines.slice(start + 1, start + 1 + length)
}

const FENCES = ['```', '````\nx\n````', 'a ``` b', '`````', '~~~', '```js\nx\n```\n', '   ```']

test.for([...FENCES, ''])('the text %j does not end the fence around it', (text) => {
  expect(fenced(markdownOf(result(text))).join('\n')).toBe(text.replace(/\n$/, ''))
})

test.for(FENCES)('the output %j of a shell does not end the fence around it', async (text) => {
  const document = await documentOf('shell', said(text))
  expect(fenced(document.join('')).join('\n')).toBe(text.replace(/\n$/, ''))
})

test('a shell’s output is one block, however many events it came in', async () => {
  const end = event({ kind: 'cancelled' })
  const parts = await documentOf('shell', said('# a\n'), said('b\n'), end, said('c'))
  expect(parts.join('')).toBe('```\n# a\nb\n```\n\n```\nc\n```\n\n')
  expect((await documentOf('claude', said('# a'), said('b'))).join('')).toBe(
    '```\n# a\n```\n\n```\nb\n```\n\n',
  )
  expect(await documentOf('shell')).toEqual([])
})

test('a fence is no longer than it must be', () => {
  expect(markdownOf(result('plain'))).toBe('```\nplain\n```\n\n')
  expect(markdownOf(result('a ``` b'))).toBe('````\na ``` b\n````\n\n')
})

test('a prompt is a heading with its turn, and text', () => {
  expect(markdownOf(event({ kind: 'user', text: 'one\n# two' }))).toBe(
    '## 2. Prompt\n\n_2026-11-22T10:00:00.000Z_\n\n```\none\n# two\n```\n\n',
  )
})

test('claude’s words are text, and a subagent’s a quotation', () => {
  expect(markdownOf(event({ kind: 'text', text: '**a**\nb', block: 0 }))).toBe('```\n**a**\nb\n```\n\n')
  expect(markdownOf(event({ kind: 'text', text: 'a\nb', block: 0, parent: 't' }))).toBe(
    '> ```\n> a\n> b\n> ```\n\n',
  )
})

test('a tool’s use shows its name and its input as JSON', () => {
  const use = event({ kind: 'tool_use', toolUseId: 't', name: 'Bash', input: { command: 'ls ```' } })
  expect(markdownOf(use)).toMatch(/^\*\*Bash\*\*\n\n````json\n/)
  expect(JSON.parse(fenced(markdownOf(use)).join('\n'))).toEqual({ command: 'ls ```' })
})

test('a tool’s failure is told, and so is what was cut', () => {
  expect(markdownOf(result('x', { isError: true }))).toBe('**failed**\n\n```\nx\n```\n\n')
  expect(markdownOf(result('x', { truncated: true, bytes: 1_000 }))).toBe(
    '```\nx\n```\n\n_1000 bytes in all_\n\n',
  )
})

test('an approval is told with who answered it, why, and with what it became', () => {
  const asked = { approvalId: 'a', toolUseId: 'u', toolName: 'Bash', input: {}, suggestions: [] }
  expect(markdownOf(event({ kind: 'approval', ...asked, description: 'look\nround' }))).toBe(
    '> asks: **Bash** look round\n\n',
  )
  const resolved = { kind: 'approval_resolved', approvalId: 'a', by: 'phone', message: '' } as const
  expect(markdownOf(event({ ...resolved, decision: 'deny', message: 'no' }))).toBe(
    '> denied by phone: no\n\n',
  )
  expect(markdownOf(event({ ...resolved, decision: 'allow', updatedInput: { command: 'df' } }))).toBe(
    '> allowed by phone\n\n```json\n{\n  "command": "df"\n}\n```\n\n',
  )
})

test('a notice is one line, and a debug notice is none', () => {
  const notice = (code: string) => event({ kind: 'notice', level: 'warn', code, text: 'two\n\nlines' })
  expect(markdownOf(notice('api_retry'))).toBe('> warn: two lines\n\n')
  expect(markdownOf(notice('agent_debug'))).toBe('')
})

test('thinking folds away', () => {
  expect(markdownOf(event({ kind: 'thinking', text: 'a\nb', block: 0 }))).toBe(
    '<details><summary>Thinking</summary>\n\n```\na\nb\n```\n\n</details>\n\n',
  )
})

test('a turn’s start names its agent and model, its end how it went', () => {
  expect(markdownOf(event({ kind: 'turn_start', agent: 'claude', model: 'opus' }))).toBe(
    '### claude (opus)\n\n',
  )
  expect(markdownOf(event({ kind: 'turn_start', agent: 'shell', model: null }))).toBe('### shell\n\n')
  const end = {
    kind: 'turn_end',
    outcome: 'failed',
    exitCode: 1,
    signal: null,
    survivors: 0,
    durationMs: 1_250,
  } as const
  expect(markdownOf(event(end))).toBe('_failed after 1.3 s_\n\n---\n\n')
  expect(markdownOf(event({ kind: 'error', code: 'exit_nonzero', error: 'no ``` more' }))).toBe(
    '> **error** exit_nonzero\n\n````\nno ``` more\n````\n\n',
  )
})

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '![x](https://evil.example/x.png)',
  '[x](javascript:alert(1))',
  '<javascript:alert(1)>',
  '[x]: https://evil.example "x"',
  '``` \n<script>alert(1)</script>\n```',
  '\\<b>\\[x](y)',
  '`<b>`',
  '> ```\n<b>\r<b>\u2028<b>',
  '\x1b[2J\u009b31m\u202e\u0007',
]

/** What of a document is not in a fence, by the rules of CommonMark, in a quotation or out of it. */
function outsideFences(markdown: string): string {
  let mark: string | null = null
  const outside = markdown.split(/\r\n?|\n/).filter((line) => {
    const fence = /^(?:> )?(`{3,}) *(\w*)$/.exec(line)
    if (mark === null && fence) mark = fence[1]!
    else if (mark === null) return true
    else if (fence && fence[2] === '' && fence[1]!.length >= mark.length) mark = null
    return false
  })
  expect(mark).toBeNull()
  return outside.join('\n')
}

test.for(HOSTILE)('whoever says %j, in whatever event, says text', async (text) => {
  const suggestions: never[] = []
  const asked = { approvalId: 'a', toolUseId: 'u', toolName: text, input: { text }, suggestions }
  const events = [
    event({ kind: 'user', text, attachments: [{ path: `a/${text}`, bytes: 1, mediaType: 'x' }] }),
    event({ kind: 'turn_start', agent: 'claude', model: text }),
    event({ kind: 'text', text, block: 0 }),
    event({ kind: 'text', text, block: 1, parent: 't' }),
    event({ kind: 'thinking', text, block: 2 }),
    event({ kind: 'tool_use', toolUseId: 't', name: text, input: { [text]: text } }),
    result(text),
    event({ kind: 'approval', ...asked, description: text }),
    event({ kind: 'approval_resolved', approvalId: 'a', by: text, decision: 'deny', message: text }),
    event({ kind: 'notice', level: 'warn', code: 'x', text }),
    event({ kind: 'error', code: 'exit_nonzero', error: text }),
  ]
  for (const agent of ['claude', 'shell']) {
    const document = (await documentOf(agent, ...events)).join('') + inline(text)
    expect(document).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}|\p{Zl}/u)
    const outside = outsideFences(document).replace(/<\/?(details|summary)>/g, '')
    // A backslash before it, and that not escaped itself.
    expect(outside).not.toMatch(/(?<!\\)(\\\\)*[<`[\]]/)
  }
})

test('tabs and the ends of lines are as they were', () => {
  expect(markdownOf(result('if:\r\n\tx\n'))).toBe('```\nif:\n\tx\n```\n\n')
})

test('what a reader does not miss is left out', () => {
  expect(markdownOf(event({ kind: 'agent_ready', agentSessionId: 'x', model: 'm' }))).toBe('')
  expect(markdownOf(event({ kind: 'cancelled' }))).toBe('')
})
