// Owns how a step looks on the wire: the message as one object, or as the events of a stream.
// Knows nothing of HTTP.

import type { Block, Step } from './model-api-script.ts'

export type StreamEvent = { type: string; [field: string]: unknown }

export type Answer = {
  /** The whole message, as a request without `stream` gets it. */
  message: object
  /** The same as events. The real API interleaves pings, which no client shows. */
  events: StreamEvent[]
}

/** Builds the answer. `id` makes the ids of the message and its tool calls unique. */
export function answerOf(step: Step, model: string, id: string): Answer {
  const blocks = blocksOf(step, id)
  const head = { id: `msg_${id}`, type: 'message', role: 'assistant', model }
  const stop = { stop_reason: step.tools?.length ? 'tool_use' : 'end_turn', stop_sequence: null }
  const start = { stop_reason: null, stop_sequence: null, usage: { input_tokens: 12, output_tokens: 1 } }
  const events = [
    { type: 'message_start', message: { ...head, content: [], ...start } },
    ...blocks.flatMap(eventsOf),
    { type: 'message_delta', delta: stop, usage: { output_tokens: 20 } },
    { type: 'message_stop' },
  ]
  const usage = { input_tokens: 12, output_tokens: 20 }
  return { message: { ...head, content: blocks, ...stop, usage }, events }
}

function blocksOf({ thinking, text, tools = [] }: Step, id: string): Block[] {
  const blocks: Block[] = []
  if (thinking !== undefined) blocks.push({ type: 'thinking', thinking, signature: 'c2ln' })
  if (text !== undefined) blocks.push({ type: 'text', text })
  for (const tool of tools) blocks.push({ type: 'tool_use', id: `toolu_${id}_${blocks.length}`, ...tool })
  return blocks
}

function eventsOf(block: Block, index: number): StreamEvent[] {
  const { empty, deltas } = piecesOf(block)
  return [
    { type: 'content_block_start', index, content_block: empty },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}

function piecesOf(block: Block): { empty: Block; deltas: Block[] } {
  switch (block.type) {
    case 'thinking': {
      const deltas = words(String(block.thinking)).map((thinking) => ({ type: 'thinking_delta', thinking }))
      const signature = { type: 'signature_delta', signature: block.signature }
      return { empty: { type: 'thinking', thinking: '', signature: '' }, deltas: [...deltas, signature] }
    }
    case 'text':
      return {
        empty: { type: 'text', text: '' },
        deltas: words(block.text ?? '').map((text) => ({ type: 'text_delta', text })),
      }
    default: {
      const json = JSON.stringify(block.input)
      const halves = [json.slice(0, json.length / 2), json.slice(json.length / 2)]
      return {
        empty: { ...block, input: {} },
        deltas: halves.map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      }
    }
  }
}

function words(text: string): string[] {
  return text.match(/\S+\s*|\s+/g) ?? []
}
