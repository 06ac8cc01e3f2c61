/** What several speakers write at the same time, as the adapter has it after every line. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { OutputRecord, UnfinishedBlock } from '../src/machines/events.ts'
import type { AdapterState } from '../src/runtime/agents/agent.ts'
import { createClaudeAgent } from '../src/runtime/agents/claude.ts'
import type { Line } from '../src/runtime/process/splitter.ts'
import { linesOf } from '../test/runtime/agents/recordings.ts'
import type { Property } from './runner/property.ts'

const claude = createClaudeAgent('claude')

/** A line, what its speaker is in the middle of writing when it has been read, and whether it finishes what was shown. */
type Step = { line: string; writing: string; finishes: boolean }

/** Halves of characters, too: the model's API does not split them, but nothing says that it never will. */
const words = fc.array(
  fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('🧯', '\ud83e', '\uddef', '\n', '')),
  { maxLength: 6 },
)
const block = fc.record({ kind: fc.constantFrom('text', 'thinking', 'tool_use'), words })
const message = fc.record({
  blocks: fc.array(block, { maxLength: 3 }),
  end: fc.constantFrom('stop', 'none', 'whole', 'given up'),
  stops: fc.boolean(),
})

/** All that one speaker says: in the recorded order, where the finished block comes before its stop. */
function stepsOf(
  speaker: string,
  messages: (typeof message extends fc.Arbitrary<infer T> ? T : never)[],
): Step[] {
  const steps: Step[] = []
  const parent_tool_use_id = speaker === '' ? null : speaker
  const say = (said: object, writing: string, finishes = false): void => {
    steps.push({ line: JSON.stringify({ ...said, parent_tool_use_id }), writing, finishes })
  }
  const stream = (event: object, writing: string): void => say({ type: 'stream_event', event }, writing)
  for (const [count, { blocks, end, stops }] of messages.entries()) {
    const id = `${speaker}${count}`
    const finish = (content: object, wasShown: boolean): void =>
      say({ type: 'assistant', message: { id, content: [content] } }, '', wasShown)
    const contents = blocks.map(({ kind, words }) =>
      kind === 'tool_use'
        ? { type: kind, id, name: 'Bash', input: {} }
        : { type: kind, [kind]: words.join('') },
    )
    if (end === 'whole') {
      // As subagents are recorded: no word of it before it is there.
      for (const content of contents) finish(content, false)
      continue
    }
    stream({ type: 'message_start', message: { id } }, '')
    for (const [index, { kind, words }] of blocks.entries()) {
      stream({ type: 'content_block_start', index, content_block: { type: kind, [kind]: '' } }, '')
      let text = ''
      for (const word of words) {
        if (kind !== 'tool_use') text += word
        stream({ type: 'content_block_delta', index, delta: { type: `${kind}_delta`, [kind]: word } }, text)
      }
      if (end === 'given up' && index === blocks.length - 1) break
      finish(contents[index]!, text !== '')
      if (stops) stream({ type: 'content_block_stop', index }, '')
    }
    if (end === 'stop') stream({ type: 'message_stop' }, '')
  }
  return steps
}

/** What several speakers say at the same time, and all that is being written after each line. */
const output = fc
  .record({
    agent: fc.array(message, { maxLength: 4 }),
    a: fc.array(message, { maxLength: 3 }),
    b: fc.array(message, { maxLength: 3 }),
    turns: fc.array(fc.nat(2), { maxLength: 120 }),
  })
  .map(({ agent, a, b, turns }) => {
    const queues = [stepsOf('', agent), stepsOf('A', a), stepsOf('B', b)]
    const writing = ['', '', '']
    const steps: { line: string; writing: string[]; finishes: boolean }[] = []
    const take = (who: number): void => {
      const step = queues[who]!.shift()
      if (step === undefined) return
      writing[who] = step.writing
      steps.push({ ...step, writing: writing.filter((text) => text !== '').sort() })
    }
    for (const who of turns) take(who)
    for (const [who, queue] of queues.entries()) while (queue.length > 0) take(who)
    return { lines: linesOf(steps.map(({ line }) => `${line}\n`).join('')), steps }
  })

const kept = (state: AdapterState): AdapterState => JSON.parse(JSON.stringify(state))

/** One server after the other: each reads on from what is stored, in batches of its own, and dies after the last. */
function readBy(servers: number[][], lines: Line[]) {
  let stored = { state: claude.begin(), at: 0, records: [] as OutputRecord[] }
  let partials: readonly UnfinishedBlock[] = []
  for (const batches of [...servers, [lines.length + 1]]) {
    let { state, at } = stored
    for (const size of batches) {
      const part = claude.translate(state, lines.slice(at, at + size))
      state = part.state
      at = Math.min(at + size, lines.length)
      partials = claude.partials(state)
      // Lines without records are not stored.
      if (part.records.length > 0)
        stored = { state: kept(state), at, records: [...stored.records, ...part.records] }
    }
  }
  return { records: stored.records, partials }
}

export const claudeWriting: Property = {
  name: 'claude-writing',
  title:
    'at every line, what is being written is what the speakers have begun, under the number that it keeps',
  runs: 500,
  open: () => ({
    check: fc.property(output, ({ lines, steps }) => {
      let state = claude.begin()
      let before: readonly UnfinishedBlock[] = []
      const used = new Set<number>()
      for (const [at, line] of lines.entries()) {
        const part = claude.translate(state, [line])
        state = kept(part.state)
        const now = claude.partials(state)
        expect(now.map(({ text }) => text).sort()).toEqual(steps[at]!.writing)
        for (const record of part.records) {
          if (record.kind !== 'text' && record.kind !== 'thinking') continue
          const was = before.find(({ block }) => block === record.block)
          // Under the same parent, too: what it is shown below does not move.
          const { block, kind, text, parent } = record
          if (was) expect(was).toEqual({ block, kind, text, parent })
          else expect(used.has(record.block) || steps[at]!.finishes).toBe(false)
          used.add(record.block)
        }
        for (const { block, text } of now) {
          const was = before.find((part) => part.block === block)
          if (was) expect(text.startsWith(was.text)).toBe(true)
          else expect(used.has(block)).toBe(false)
          used.add(block)
        }
        before = now
      }
    }),
  }),
}

const batches = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 })
export const claudeServers: Property = {
  name: 'claude-servers',
  title: 'in whatever batches, by however many servers it is read, the same is on record and being written',
  runs: 500,
  open: () => ({
    check: fc.property(output, fc.array(batches, { maxLength: 6 }), ({ lines }, servers) => {
      expect(readBy(servers, lines)).toEqual(readBy([], lines))
    }),
  }),
}
