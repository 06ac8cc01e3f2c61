import { expect, test } from 'vitest'
import type { OutputRecord } from '../../../src/machines/events.ts'
import type { AdapterState } from '../../../src/runtime/agents/agent.ts'
import { createClaudeAgent } from '../../../src/runtime/agents/claude.ts'
import { translateClaude } from '../../../src/runtime/agents/claude-lines.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { encodeFrame } from '../../../src/runtime/log/frames.ts'
import { expectShape } from './record-shape.ts'
import { linesOf, recordedLines, recordings } from './recordings.ts'

const begin = (): AdapterState => createClaudeAgent('claude').begin()
const translateText = (text: string) => translateClaude(begin(), linesOf(text))
const translateJson = (...messages: unknown[]) =>
  translateText(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))

const assistant = (...content: unknown[]) => ({ type: 'assistant', message: { content } })
const fromUser = (...content: unknown[]) => ({ type: 'user', message: { content } })

test.for(recordings)('the recording %s becomes records of the right shape', async (name) => {
  const { records, state, finished } = translateClaude(begin(), recordedLines(name))
  records.forEach(expectShape)
  const debug = records.filter((record) => record.kind === 'notice' && record.code === 'agent_debug')
  expect(debug).toEqual([])
  const said = [...records, { finished: finished ?? null, state }].map((part) => JSON.stringify(part))
  await expect(`${said.join('\n')}\n`).toMatchFileSnapshot(`records/${name}.jsonl`)
})

test.for(recordings)('the recording %s says the same line by line as all at once', (name) => {
  const lines = recordedLines(name)
  let state = begin()
  const records: OutputRecord[] = []
  for (const line of lines) {
    const part = translateClaude(state, [line])
    records.push(...part.records)
    // As it is kept between two servers.
    state = JSON.parse(JSON.stringify(part.state))
  }
  const whole = translateClaude(begin(), lines)
  expect(records).toEqual(whole.records)
  expect(state).toEqual(whole.state)
})

test('the state that came in is left as it was', () => {
  const before = Object.freeze(begin())
  translateClaude(before, recordedLines('tool-turn'))
  expect(before).toEqual(begin())
})

test('blocks are numbered over messages and batches', () => {
  const first = translateJson(assistant({ type: 'thinking', thinking: 'a' }, { type: 'text', text: 'b' }))
  const second = translateClaude(first.state, linesOf(JSON.stringify(assistant({ type: 'text', text: 'c' }))))
  expect([...first.records, ...second.records].map((record) => 'block' in record && record.block)).toEqual([
    0, 1, 2,
  ])
})

test('several results of one run count each cost once', () => {
  const { records } = translateJson(
    { type: 'result', total_cost_usd: 0.25, result: 'a' },
    { type: 'result', total_cost_usd: 1, result: 'b' },
    { type: 'result', total_cost_usd: 0, result: 'c' },
  )
  expect(records.map((record) => record.kind === 'result' && record.costUsd)).toEqual([0.25, 0.75, 0])
})

test('a result finishes the turn, and its complaint is the turn’s', () => {
  expect(translateJson({ type: 'result', is_error: false, result: 'fine' }).finished).toEqual({ error: null })
  expect(translateJson({ type: 'result', is_error: true, result: 'bad' }).finished).toEqual({ error: 'bad' })
  expect(translateJson({ type: 'result', is_error: true, errors: ['a', 'b'] }).finished).toEqual({
    error: 'a\nb',
  })
  expect(translateJson(assistant({ type: 'text', text: 'a' })).finished).toBeUndefined()
})

test('an unknown conversation is no result: it is remembered, for the retry', () => {
  const { records, finished, state } = translateClaude(begin(), recordedLines('resume-unknown'))
  expect(records).toEqual([])
  expect(finished).toBeUndefined()
  expect(state.unknown).toBe(true)
})

test('input tokens count the cached ones too', () => {
  const usage = {
    input_tokens: 1,
    cache_creation_input_tokens: 20,
    cache_read_input_tokens: 300,
    output_tokens: 4_000,
  }
  expect(translateJson({ type: 'result', usage }).records).toMatchObject([
    { usage: { inputTokens: 321, outputTokens: 4_000 } },
  ])
})

test('lines that are no message become notices that hold them; empty ones are nothing', () => {
  const { records } = translateText('not json\n\n  \n[1]\n"text"\nnull\n{"type":"new_kind"}\n{"half":')
  expect(records.map((record) => 'text' in record && record.text)).toEqual([
    'not json',
    '[1]',
    '"text"',
    'null',
    '{"type":"new_kind"}',
    '{"half":',
  ])
  for (const record of records)
    expect(record).toMatchObject({ kind: 'notice', level: 'info', code: 'agent_debug' })
})

test('a line that was cut is a notice with its beginning and its size', () => {
  const { records } = translateClaude(
    begin(),
    linesOf(`${JSON.stringify(assistant('x'.repeat(9_000)))}\n`, 5_000),
  )
  expect(records).toHaveLength(1)
  expect(records[0]).toMatchObject({
    code: 'agent_debug',
    text: expect.stringMatching(/ \[… 9\d{3} bytes in this line\]$/),
  })
})

test('of a large tool result both ends are kept, with a line between that says what is not, and its whole size is told', () => {
  const half = LIMITS.toolResultCharsMax / 2
  const content = `${'é'.repeat(half)}ü${'e'.repeat(half)}`
  const [record] = translateJson(fromUser({ type: 'tool_result', tool_use_id: 't', content })).records
  expect(record).toMatchObject({ truncated: true, bytes: 3 * half + 2 })
  expect(record).toHaveProperty('text', content.replace('ü', '\n[… 2 bytes left out …]\n'))
  const exact = 'é'.repeat(2 * half)
  const [whole] = translateJson(fromUser({ type: 'tool_result', tool_use_id: 't', content: exact })).records
  expect(whole).toEqual({
    kind: 'tool_result',
    toolUseId: 't',
    text: exact,
    isError: false,
    bytes: exact.length * 2,
  })
})

test.for([
  [
    'a tool result',
    (text: string) => fromUser({ type: 'tool_result', content: text }),
    LIMITS.toolResultCharsMax,
  ],
  ['a note', (text: string) => fromUser({ type: 'text', text }), LIMITS.debugNoticeCharsMax],
  ['an unknown block', (text: string) => assistant({ type: 'new', text }), LIMITS.debugNoticeCharsMax],
] as const)('what is cut of %s is cut between characters', ([, message, charsMax]) => {
  // One of the two lies across the cut, whatever stands before the text.
  for (const shift of ['', 'x']) {
    const { records } = translateJson(message(shift + '🧯'.repeat(charsMax)))
    for (const record of records) expect('text' in record && record.text.isWellFormed()).toBe(true)
  }
})

test('an image is named, not carried', () => {
  const image = { type: 'image', source: { media_type: 'image/png', data: 'x'.repeat(1_000) } }
  const { records } = translateJson(
    fromUser({ type: 'tool_result', content: [{ type: 'text', text: 'a' }, image] }),
  )
  expect(records).toMatchObject([{ text: 'a\n[image/png, 1000 characters of base64]' }])
})

test('what a subagent says carries the tool use that it belongs to', () => {
  const parent_tool_use_id = 'task'
  const { records } = translateJson(
    {
      ...assistant({ type: 'text', text: 'a' }, { type: 'tool_use', id: 't', name: 'Bash' }),
      parent_tool_use_id,
    },
    { ...fromUser({ type: 'tool_result', content: 'b' }, { type: 'text', text: 'c' }), parent_tool_use_id },
  )
  expect(records).toHaveLength(4)
  for (const record of records) expect(record).toHaveProperty('parent', 'task')
})

test('a conversation’s id that is none is not believed: it would be an argument of the next turn', () => {
  const init = (session_id: unknown) => ({ type: 'system', subtype: 'init', session_id, model: 'm' })
  expect(translateJson(init('83819af5-4e82-4bbf-9ea4-953f4ad4f780')).records).toMatchObject([
    { kind: 'agent_ready' },
  ])
  for (const id of ['--settings={}', '', undefined, 7, '83819af5-4e82-4bbf-9ea4-953f4ad4f780\n'])
    expect(translateJson(init(id)).records).toMatchObject([{ kind: 'notice', code: 'agent_debug' }])
})

test('a limit that is near is told, one that is far is not', () => {
  const limit = (status: string) => ({ type: 'rate_limit_event', rate_limit_info: { status } })
  expect(translateJson(limit('allowed')).records).toEqual([])
  expect(translateJson(limit('rejected')).records).toMatchObject([{ kind: 'notice' }])
})

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

// JSON.parse takes any depth, JSON.stringify some thousands: such a record would throw when it is written.
test.for([
  [
    'a tool’s input',
    `{"type":"assistant","message":{"content":[{"type":"tool_use","id":"t","name":"n","input":${nested(100_000)}}]}}`,
  ],
  ['a block', `{"type":"assistant","message":{"content":[{"type":"new","x":${nested(100_000)}}]}}`],
  ['a user’s block', `{"type":"user","message":{"content":[{"type":"new","x":${nested(100_000)}}]}}`],
  [
    'a tool’s result',
    `{"type":"user","message":{"content":[{"type":"tool_result","content":[{"x":${nested(100_000)}}]}]}}`,
  ],
] as const)('%s nested without reason neither throws nor gives what cannot be written', ([, line]) => {
  const { records } = translateText(`${line}\n`)
  for (const record of records) encodeFrame({ ...record, turn: 1, id: 0, at: '' })
})
