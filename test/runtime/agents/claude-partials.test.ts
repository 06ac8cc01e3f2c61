import { expect, test } from 'vitest'
import type { OutputRecord } from '../../../src/machines/events.ts'
import type { AdapterState } from '../../../src/runtime/agents/agent.ts'
import { createClaudeAgent } from '../../../src/runtime/agents/claude.ts'
import { shellAgent } from '../../../src/runtime/agents/shell.ts'
import { LIMITS } from '../../../src/runtime/limits.ts'
import { linesOf, recordedLines } from './recordings.ts'

const claude = createClaudeAgent('claude')

/** Reads messages one by one. @returns the records, and what was being written after each message */
function read(messages: unknown[], before: AdapterState = claude.begin()) {
  let state = before
  const records: OutputRecord[] = []
  const steps = messages.map((message) => {
    const part = claude.translate(state, linesOf(`${JSON.stringify(message)}\n`))
    // As it is kept between two servers.
    state = JSON.parse(JSON.stringify(part.state))
    records.push(...part.records)
    return claude.partials(state)
  })
  return { state, records, steps, last: steps.at(-1)! }
}

const streamed = (event: object, parent: string | null = null) => ({
  ...{ type: 'stream_event', event },
  parent_tool_use_id: parent,
})
const start = (id: string, parent?: string) => streamed({ type: 'message_start', message: { id } }, parent)
const stop = (parent?: string) => streamed({ type: 'message_stop' }, parent)
const begin = (index: number, type = 'text', parent?: string) =>
  streamed({ type: 'content_block_start', index, content_block: { type, [type]: '' } }, parent)
const delta = (index: number, text: string, parent?: string) =>
  streamed({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } }, parent)
const think = (index: number, thinking: string) =>
  streamed({ type: 'content_block_delta', index, delta: { type: 'thinking_delta', thinking } })
const finished = (id: string, text: string, parent: string | null = null) => ({
  ...{ type: 'assistant', message: { id, content: [{ type: 'text', text }] } },
  parent_tool_use_id: parent,
})
const text = (block: number, words: string) => ({ kind: 'text', block, text: words }) as const
const blocksOf = (records: OutputRecord[]) =>
  records.flatMap((record) => (record.kind === 'text' ? [[record.block, record.text]] : []))

test.for(['partial-messages', 'subagent-partial-messages', 'interrupted-partial-text'])(
  'in the recording %s, each block is finished with the text and the number that it was written with',
  (name) => {
    let state = claude.begin()
    let shown = claude.partials(state)
    let begun = 0
    for (const line of recordedLines(name)) {
      const part = claude.translate(state, [line])
      const now = claude.partials(part.state)
      for (const record of part.records) {
        if (record.kind !== 'text' && record.kind !== 'thinking') continue
        expect(shown).toEqual([{ block: record.block, kind: record.kind, text: record.text }])
        expect(now).toEqual([])
      }
      if (now.length > shown.length) begun++
      shown = now
      state = part.state
    }
    expect(begun).toBeGreaterThan(0)
    expect(shown).toEqual([])
    // What is stored with a turn that writes nothing is as small as ever.
    expect(state).not.toHaveProperty('writing')
  },
)

test('a block is shown from its first word to the line that finishes it', () => {
  const { steps, records } = read([
    ...[start('m'), begin(0, 'thinking'), think(0, 'Hm'), think(0, '.')],
    {
      type: 'assistant',
      message: { id: 'm', content: [{ type: 'thinking', thinking: 'Hm.' }] },
      parent_tool_use_id: null,
    },
    ...[begin(1), delta(1, 'a'), delta(1, 'b'), finished('m', 'ab'), stop()],
  ])
  const thought = (words: string) => ({ kind: 'thinking', block: 0, text: words }) as const
  expect(steps).toEqual([
    ...[[], [], [thought('Hm')], [thought('Hm.')], []],
    ...[[], [text(1, 'a')], [text(1, 'ab')], [], []],
  ])
  expect(records).toMatchObject([{ block: 0 }, { block: 1 }])
})

test('a shell writes nothing that is not on record', () => {
  expect(shellAgent.partials(shellAgent.begin())).toEqual([])
})

test('blocks that were not written in parts are numbered as they come', () => {
  const { records } = read([
    finished('m', 'a'),
    ...[start('n'), begin(0), finished('n', ''), begin(1), delta(1, 'b'), finished('n', 'b'), stop()],
    finished('o', 'c'),
  ])
  expect(blocksOf(records)).toEqual([
    [0, 'a'],
    [1, ''],
    [2, 'b'],
    [3, 'c'],
  ])
})

test('a finished block is the first of its kind that is not finished', () => {
  const { last, records } = read([
    ...[start('m'), begin(0, 'thinking'), think(0, 'Hm'), begin(1), delta(1, 'a'), begin(2), delta(2, 'b')],
    finished('m', 'a'),
  ])
  expect(blocksOf(records)).toEqual([[1, 'a']])
  expect(last).toEqual([{ kind: 'thinking', block: 0, text: 'Hm' }, text(2, 'b')])
})

test('blocks of several speakers grow side by side, and keep their numbers', () => {
  const { steps, records } = read([
    ...[
      start('m'),
      begin(0),
      delta(0, 'main '),
      start('s', 'A'),
      begin(0, 'text', 'A'),
      delta(0, 'sub ', 'A'),
    ],
    ...[finished('other', 'whole', 'B'), delta(0, 'goes on'), delta(0, 'too', 'A')],
    ...[finished('s', 'sub too', 'A'), finished('m', 'main goes on')],
  ])
  expect(steps.at(-3)).toEqual([text(0, 'main goes on'), { ...text(1, 'sub too'), parent: 'A' }])
  expect(blocksOf(records)).toEqual([
    [2, 'whole'],
    [1, 'sub too'],
    [0, 'main goes on'],
  ])
})

const half = [start('m'), begin(0), delta(0, 'half')]
test.for([
  ['the model is asked once more', start('m')],
  ['its message ends', stop()],
  ['the turn has its result', { type: 'result', is_error: true, result: 'interrupted' }],
  ['another message of the same speaker comes whole', finished('synthetic', 'API Error')],
  ['another block begins in its place', begin(0)],
])('what is not finished vanishes when %s', ([, message]) => {
  expect(read(half).last).toEqual([text(0, 'half')])
  expect(read([...half, message]).last).toEqual([])
  const { last, records } = read([...half, message, delta(0, 'more'), start('n'), begin(0), delta(0, 'new')])
  expect(last).toHaveLength(1)
  expect(last[0]).toMatchObject({ text: 'new' })
  expect(last[0]!.block).toBeGreaterThan(0)
  expect(records.filter((record) => 'block' in record && record.block === 0)).toEqual([])
})

test.for([
  [
    'has answered',
    { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 'A', content: 'x' }] } },
  ],
  ['is over', { type: 'system', subtype: 'task_notification', tool_use_id: 'A', status: 'stopped' }],
])('what a subagent was writing vanishes when it %s, and nobody else’s does', ([, message]) => {
  const sub = [start('s', 'A'), begin(0, 'text', 'A'), delta(0, 'sub', 'A')]
  expect(read([...half, ...sub]).last).toHaveLength(2)
  expect(read([...half, ...sub, message]).last).toEqual([text(0, 'half')])
})

test('a block that was not seen to begin is not shown, and comes when it is finished', () => {
  for (const lines of [[delta(0, 'b')], [start('m'), delta(0, 'b')]]) {
    const { steps, records } = read([...lines, finished('m', 'ab')])
    expect(steps.flat()).toEqual([])
    expect(blocksOf(records)).toEqual([[0, 'ab']])
  }
})

test('a message that was not seen to begin is taken for the one that its blocks are finished in', () => {
  const { steps, records } = read([begin(0), delta(0, 'a'), finished('m', 'a')])
  expect(steps).toEqual([[], [text(0, 'a')], []])
  expect(blocksOf(records)).toEqual([[0, 'a']])
})

test('what is no text is not shown', () => {
  const { steps } = read([
    ...[start('m'), begin(0, 'tool_use'), begin(1), begin(2, 'thinking')],
    streamed({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: '{' },
    }),
    ...[delta(0, 'a'), think(1, 'b'), delta(2, 'c'), delta(1, ''), delta(7, 'd')],
    streamed({ type: 'content_block_delta', index: 2, delta: { type: 'signature_delta', signature: 'x' } }),
    ...[streamed({ type: 'content_block_delta', index: 1, delta: null }), streamed({ type: 'new' })],
  ])
  expect(steps.flat()).toEqual([])
})

test('a block that is too long to keep is given up, and numbered anew when it is finished', () => {
  const part = 'x'.repeat(LIMITS.unfinishedCharsMax / 16)
  let { state, last } = read([start('m'), begin(0)])
  for (let count = 0; count < 16; count++) ({ state, last } = read([delta(0, part)], state))
  expect(last[0]!.text).toHaveLength(LIMITS.unfinishedCharsMax)
  ;({ state, last } = read([delta(0, 'y'), delta(0, 'z')], state))
  expect(last).toEqual([])
  const { records } = read([finished('m', 'whole')], state)
  expect(blocksOf(records)).toEqual([[1, 'whole']])
})

test('no number of speakers, blocks or long names is kept without bound', () => {
  const speakers = Array.from({ length: 300 }, (_, index) => `T${index}`)
  const many = read(speakers.flatMap((speaker) => [start('m', speaker), begin(0, 'text', speaker)]))
  const blocks = read([start('m'), ...speakers.map((_, index) => begin(index))])
  const named = read([start('m'.repeat(100_000)), begin(0)])
  for (const { state } of [many, blocks]) expect(JSON.stringify(state).length).toBeLessThan(10_000)
  expect(named.last).toEqual([])
  expect(JSON.stringify(named.state).length).toBeLessThan(1_000)
})

test.for([null, 'x', 7, {}, [null], [[]], [{ blocks: [null, 7, { text: 1 }] }], [{ blocks: {} }]])(
  'a state that is damaged, or of another version, throws nothing: %j',
  (writing) => {
    const { records } = read([...half, finished('m', 'half')], { ...claude.begin(), writing })
    expect(blocksOf(records).map(([, words]) => words)).toEqual(['half'])
  },
)
