/** Claude's stream-json lines as records of the log. Total: what it does not know becomes a notice, never a throw. */
import type { OutputRecord } from '../../machines/events.ts'
import { isDeep } from '../json-shape.ts'
import { LIMITS } from '../limits.ts'
import type { Line } from '../process/splitter.ts'
import type { AdapterState, Translation } from './agent.ts'
import {
  contentBlocks,
  notice,
  shorten,
  translateAssistantBlock,
  translateUserBlock,
} from './claude-blocks.ts'
import { openWriting, type Writing } from './claude-partials.ts'
import { refusalOf, translateRequest, translateWithdrawal } from './claude-permissions.ts'
import { array, count, isObject, type Json, number, object, string } from './json.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Lines that say nothing to an operator, or nothing that another line does not say. */
const CHATTER = new Set([
  'system/status',
  'system/thinking_tokens',
  'system/task_started',
  'system/task_progress',
  'system/task_updated',
  'control_response',
  'keep_alive',
])

export function translateClaude(before: AdapterState, lines: Line[]): Translation {
  const state = { ...before }
  const writing = openWriting(state)
  const records: OutputRecord[] = []
  let finished: Translation['finished']
  let reply = ''
  for (const line of lines) {
    const message = parse(line)
    if (message === null) {
      if (line.text.trim() !== '') records.push(debugNotice(line))
    } else if (message.type === 'result') {
      writing.end('')
      if (isUnknownConversation(message)) {
        state.unknown = true
      } else {
        const result = translateResult(message, state)
        records.push(result)
        // Its subagents in the background may still ask, and it will say another result when they are done.
        if (result.isError || openAgents(state).length === 0)
          finished = { error: result.isError ? result.text : null }
      }
    } else {
      noteTask(state, message)
      records.push(...(translateMessage(message, writing) ?? [debugNotice(line)]))
      if (message.type === 'control_request' && records.at(-1)?.kind !== 'approval')
        reply += refusalOf(message)
    }
  }
  writing.save()
  return { state, records, ...(finished && { finished }), ...(reply !== '' && { reply }) }
}

/** The subagents that work in the background, by task. A shell there may run for ever, and holds nobody up. */
const openAgents = (state: AdapterState): string[] => array(state.agents).map(string)

function noteTask(state: AdapterState, { type, subtype, task_id, task_type }: Json): void {
  if (type !== 'system') return
  const task = string(task_id)
  if (subtype === 'task_started' && task_type === 'local_agent' && task.length <= LIMITS.agentIdCharsMax)
    state.agents = [...openAgents(state), task].slice(-LIMITS.unfinishedMax)
  if (subtype === 'task_notification' && openAgents(state).includes(task))
    state.agents = openAgents(state).filter((open) => open !== task)
}

function parse(line: Line): Json | null {
  if (line.cut || isDeep(line.text)) return null
  try {
    const value: unknown = JSON.parse(line.text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** Null for a message that is not known. */
function translateMessage(message: Json, writing: Writing): OutputRecord[] | null {
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
      writing.end(string(message.tool_use_id))
      return [notice('agent_task', `${string(message.summary)} (${string(message.status)})`, from)]
    case 'rate_limit_event': {
      const { status } = object(message.rate_limit_info)
      return status === 'allowed' ? [] : null
    }
    case 'control_request':
      return translateRequest(message)
    case 'control_cancel_request':
      return translateWithdrawal(message)
    case 'stream_event':
      writing.hear(parent, object(message.event))
      return []
    case 'assistant': {
      const id = string(object(message.message).id)
      const numberOf = writing.finisher(parent, id)
      return blocks.flatMap((block) => translateAssistantBlock(block, numberOf, from))
    }
    case 'user':
      // A subagent that has answered, or was interrupted, writes no more.
      for (const { tool_use_id } of blocks) writing.end(string(tool_use_id))
      return blocks.flatMap((block) => translateUserBlock(block, from))
    default:
      return null
  }
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
        count(usage.input_tokens) +
        count(usage.cache_creation_input_tokens) +
        count(usage.cache_read_input_tokens),
      outputTokens: count(usage.output_tokens),
    },
    costUsd: Math.max(0, costUsd - costBeforeUsd),
    durationMs: count(message.duration_ms),
  }
}

const debugNotice = (line: Line): OutputRecord => {
  const kept = shorten(line.text)
  const rest = line.bytes > Buffer.byteLength(kept) ? ` [… ${line.bytes} bytes in this line]` : ''
  return notice('agent_debug', `${kept}${rest}`, {})
}
