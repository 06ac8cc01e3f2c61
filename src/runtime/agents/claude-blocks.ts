/** The content blocks of claude's messages as records: what the model said, and what its tools answered. */
import type { OutputRecord } from '../../machines/events.ts'
import { LIMITS } from '../limits.ts'
import { cutMiddle } from './cut-middle.ts'
import { array, type Json, object, string } from './json.ts'

export const contentBlocks = (content: unknown): Json[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : array(content).map(object)

/** The subagent that speaks, if it is one. */
export type From = { parent?: string }

/** @param numberOf gives the block its number, when it is one that is numbered */
export function translateAssistantBlock(
  block: Json,
  numberOf: (kind: 'text' | 'thinking') => number,
  from: From,
): OutputRecord[] {
  switch (block.type) {
    case 'text':
      return [{ kind: 'text', text: string(block.text), block: numberOf('text'), ...from }]
    case 'thinking':
      return [{ kind: 'thinking', text: string(block.thinking), block: numberOf('thinking'), ...from }]
    case 'tool_use':
      return [
        {
          kind: 'tool_use',
          toolUseId: string(block.id),
          name: string(block.name),
          input: block.input ?? {},
          ...from,
        },
      ]
    default:
      return [notice('agent_debug', shorten(JSON.stringify(block)), from)]
  }
}

export function translateUserBlock(block: Json, from: From): OutputRecord[] {
  if (block.type !== 'tool_result') {
    // Not the operator: what the CLI itself says to the model, such as "[Request interrupted by user]", or what
    // the agent asks of a subagent.
    const text = block.type === 'text' ? string(block.text) : JSON.stringify(block)
    const code = from.parent === undefined ? 'agent_note' : 'subagent_prompt'
    return [notice(code, shorten(text), from)]
  }
  const text = resultText(block.content)
  const truncated = text.length > LIMITS.toolResultCharsMax
  return [
    {
      kind: 'tool_result',
      toolUseId: string(block.tool_use_id),
      text: cutMiddle(text, LIMITS.toolResultCharsMax),
      isError: block.is_error === true,
      ...(truncated ? { truncated } : {}),
      bytes: Buffer.byteLength(text),
      ...from,
    },
  ]
}

/** A tool's result as text; an image is named, not carried. */
function resultText(content: unknown): string {
  return contentBlocks(content)
    .map((part) => {
      if (part.type === 'text') return string(part.text)
      if (part.type !== 'image') return JSON.stringify(part)
      const source = object(part.source)
      return `[${string(source.media_type) || 'image'}, ${string(source.data).length} characters of base64]`
    })
    .join('\n')
}

export const notice = (code: string, text: string, from: From): OutputRecord => ({
  kind: 'notice',
  level: 'info',
  code,
  text,
  ...from,
})

/** A text of any length as one that a notice may have, cut between characters. */
export const shorten = (text: string): string => text.slice(0, LIMITS.debugNoticeCharsMax).toWellFormed()
