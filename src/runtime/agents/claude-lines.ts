/** Claude's stream-json lines as records of the log. Total: what it does not know becomes a notice, never a throw. */
import type { OutputRecord } from '../../machines/events.ts'
import { LIMITS } from '../limits.ts'
import type { Line } from '../process/splitter.ts'
import type { AdapterState, Translation } from './agent.ts'

type Json = { [key: string]: unknown }

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const object = (value: unknown): Json => (isObject(value) ? value : {})
const array = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
const string = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Lines that say nothing to an operator, or nothing that another line does not say. */
const CHATTER = new Set([
  'system/status',
  'system/thinking_tokens',
  'system/task_started',
  'system/task_progress',
  'system/task_updated',
  'stream_event',
  'control_response',
  'control_cancel_request',
  'keep_alive',
])

export function translateClaude(before: AdapterState, lines: Line[]): Translation {
  const state = { ...before }
  const records: OutputRecord[] = []
  let finished: Translation['finished']
  for (const line of lines) {
    const message = parse(line)
    if (message === null) {
      if (line.text.trim() !== '') records.push(debugNotice(line))
    } else if (message.type === 'result') {
      if (isUnknownConversation(message)) {
        state.unknown = true
      } else {
        const result = translateResult(message, state)
        records.push(result)
        finished = { error: result.isError ? result.text : null }
      }
    } else {
      records.push(...(translateMessage(message, state) ?? [debugNotice(line)]))
    }
  }
  return { state, records, ...(finished && { finished }) }
}

function parse(line: Line): Json | null {
  if (line.cut) return null
  try {
    const value: unknown = JSON.parse(line.text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** Null for a message that is not known. Numbers the blocks in `state`. */
function translateMessage(message: Json, state: AdapterState): OutputRecord[] | null {
  const type = string(message.type)
  const kind = message.subtype === undefined ? type : `${type}/${string(message.subtype)}`
  if (CHATTER.has(kind) || CHATTER.has(type)) return []
  const parent = string(message.parent_tool_use_id)
  const from = parent === '' ? {} : { parent }
  const blocks = contentBlocks(object(message.message).content)
  switch (kind) {
    case 'system/init':
      // It comes back as an argument of the next turn: only an id may do that.
      if (!UUID.test(string(message.session_id))) return null
      return [
        {
          kind: 'agent_ready',
          agentSessionId: string(message.session_id),
          model: string(message.model),
          ...(message.claude_code_version === undefined
            ? {}
            : { version: string(message.claude_code_version) }),
          ...(Array.isArray(message.tools) ? { tools: message.tools.map(string) } : {}),
        },
      ]
    case 'system/api_retry':
      return [{ kind: 'notice', level: 'warn', code: 'api_retry', text: describeRetry(message) }]
    case 'system/model_fallback':
      return [{ kind: 'notice', level: 'warn', code: 'model_fallback', text: string(message.content) }]
    case 'system/task_notification':
      return [notice('agent_task', `${string(message.summary)} (${string(message.status)})`, from)]
    case 'rate_limit_event': {
      const { status } = object(message.rate_limit_info)
      return status === 'allowed' ? [] : null
    }
    case 'assistant':
      return blocks.flatMap((block) => translateAssistantBlock(block, state, from))
    case 'user':
      return blocks.flatMap((block) => translateUserBlock(block, from))
    default:
      return null
  }
}

const contentBlocks = (content: unknown): Json[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : array(content).map(object)

type From = { parent?: string }

function translateAssistantBlock(block: Json, state: AdapterState, from: From): OutputRecord[] {
  switch (block.type) {
    case 'text':
      return [{ kind: 'text', text: string(block.text), block: nextBlock(state), ...from }]
    case 'thinking':
      return [{ kind: 'thinking', text: string(block.thinking), block: nextBlock(state), ...from }]
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
      return [notice('agent_debug', JSON.stringify(block).slice(0, LIMITS.debugNoticeCharsMax), from)]
  }
}

function nextBlock(state: AdapterState): number {
  const block = number(state.block)
  state.block = block + 1
  return block
}

function translateUserBlock(block: Json, from: From): OutputRecord[] {
  if (block.type !== 'tool_result') {
    // Not the operator: what the CLI itself says to the model, such as "[Request interrupted by user]", or what
    // the agent asks of a subagent.
    const text = block.type === 'text' ? string(block.text) : JSON.stringify(block)
    const code = from.parent === undefined ? 'agent_note' : 'subagent_prompt'
    return [notice(code, text.slice(0, LIMITS.debugNoticeCharsMax), from)]
  }
  const text = resultText(block.content)
  const truncated = text.length > LIMITS.toolResultCharsMax
  return [
    {
      kind: 'tool_result',
      toolUseId: string(block.tool_use_id),
      text: truncated ? text.slice(0, LIMITS.toolResultCharsMax).toWellFormed() : text,
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

function describeRetry(message: Json): string {
  const seconds = (number(message.retry_delay_ms) / 1000).toFixed(1)
  const why = [message.error_status, message.error].filter((part) => part !== undefined && part !== null)
  return (
    `The model's API failed (${why.join(' ')}): ` +
    `retry ${number(message.attempt)} of ${number(message.max_retries)} in ${seconds} s`
  )
}

const isUnknownConversation = (message: Json): boolean =>
  array(message.errors).some((error) => string(error).startsWith('No conversation found with session ID'))

/** One run can say several results, when background tasks end after the first: its cost then counts all of them. */
function translateResult(message: Json, state: AdapterState): OutputRecord & { kind: 'result' } {
  const costUsd = number(message.total_cost_usd)
  const costBeforeUsd = number(state.costUsd)
  state.costUsd = costUsd
  const usage = object(message.usage)
  const errors = array(message.errors).map(string).join('\n')
  return {
    kind: 'result',
    isError: message.is_error === true,
    text: string(message.result) || errors,
    usage: {
      inputTokens:
        number(usage.input_tokens) +
        number(usage.cache_creation_input_tokens) +
        number(usage.cache_read_input_tokens),
      outputTokens: number(usage.output_tokens),
    },
    costUsd: Math.max(0, costUsd - costBeforeUsd),
    durationMs: number(message.duration_ms),
  }
}

const notice = (code: string, text: string, from: From): OutputRecord => ({
  kind: 'notice',
  level: 'info',
  code,
  text,
  ...from,
})

const debugNotice = (line: Line): OutputRecord => {
  const kept = line.text.slice(0, LIMITS.debugNoticeCharsMax).toWellFormed()
  const rest = line.bytes > Buffer.byteLength(kept) ? ` [… ${line.bytes} bytes in this line]` : ''
  return notice('agent_debug', `${kept}${rest}`, {})
}
