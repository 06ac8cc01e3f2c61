/**
 * What claude asks leave for, how it is told, and what it need not ask for any more: the permission requests of
 * `--permission-prompt-tool stdio`, and the updates that it suggests with them
 * (https://docs.claude.com/en/api/agent-sdk/typescript#permissionupdate).
 */
import type { Asked } from '../../machines/approvals.ts'
import type { Answer, OutputRecord, PermissionMode } from '../../machines/events.ts'
import { array, type Json, object, string } from './json.ts'
import { jsonLine } from './json-line.ts'

/** What is part of a URL, and no path. */
const APPROVAL_ID = /^[\w-]{1,100}$/

/** @returns null for a request that is not about a tool */
export function translateRequest(message: Json): OutputRecord[] | null {
  const request = object(message.request)
  const approvalId = string(message.request_id)
  const toolName = string(request.tool_name)
  if (request.subtype !== 'can_use_tool' || !APPROVAL_ID.test(approvalId) || toolName === '') return null
  return [
    {
      ...{ kind: 'approval', approvalId, toolUseId: string(request.tool_use_id), toolName },
      ...{ input: object(request.input), description: string(request.description) },
      suggestions: usable(array(request.permission_suggestions).map(object)),
    },
  ]
}

/** The answer to a request that is none of these: nobody would answer it, and claude would wait. Empty without a name. */
export function refusalOf({ request_id, request }: Json): string {
  if (string(request_id) === '') return ''
  const error = `${string(object(request).subtype) || 'this'} cannot be asked here`
  const response = { subtype: 'error', request_id, error }
  return jsonLine({ type: 'control_response', response })
}

/** The agent needs no answer any more: it was interrupted, or found one itself. */
export const translateWithdrawal = (message: Json): OutputRecord[] => [
  {
    ...{ kind: 'approval_resolved', approvalId: string(message.request_id), decision: 'deny', by: 'agent' },
    message: 'The agent does not wait for an answer any more.',
  },
]

/**
 * Beside the rules for what it wants to do, claude suggests to accept all edits, or a whole directory: who allows a
 * command for good does not mean that. Without a rule, as for edits, these are what there is.
 */
function usable(suggestions: Json[]): Json[] {
  const rules = suggestions.filter(({ type, behavior }) => type === 'addRules' && behavior === 'allow')
  if (rules.length > 0) return rules
  return suggestions.filter(
    ({ type, mode }) => type === 'addDirectories' || (type === 'setMode' && mode === 'acceptEdits'),
  )
}

const NO_REASON = 'The operator said no.'

/** The line that answers a request. */
export function answerLine({ approvalId, input, suggestions }: Asked, answer: Answer): string {
  const { decision, message, updatedInput = input, always } = answer
  // For the run alone: what claude would keep in files of its own would hold for everybody.
  const updatedPermissions = suggestions.map((update) => ({ ...object(update), destination: 'session' }))
  const response =
    decision === 'allow'
      ? { behavior: 'allow', updatedInput, ...(always && { updatedPermissions }) }
      : { behavior: 'deny', message: message || NO_REASON }
  const control = { subtype: 'success', request_id: approvalId, response }
  return jsonLine({ type: 'control_response', response: control })
}

/** As claude writes a rule in its settings: https://docs.claude.com/en/docs/claude-code/settings#permission-settings */
const ruleText = (rule: Json): string => {
  const content = string(rule.ruleContent).replace(/[\\()]/g, '\\$&')
  return content === '' ? string(rule.toolName) : `${string(rule.toolName)}(${content})`
}

/**
 * How a run begins with what was allowed in those before it.
 * @returns `settings`: what its `--settings` file holds; null for none
 */
export function permissionsOf(
  mode: PermissionMode,
  allowed: readonly unknown[],
): { mode: PermissionMode; settings: string | null } {
  const updates = allowed.map(object)
  const allow = updates.flatMap(({ rules }) => array(rules).map(object).map(ruleText))
  const additionalDirectories = updates.flatMap(({ directories }) => array(directories).map(string))
  const accepts = mode === 'ask' && updates.some((update) => update.mode === 'acceptEdits')
  const isEmpty = allow.length + additionalDirectories.length === 0
  return {
    mode: accepts ? 'acceptEdits' : mode,
    settings: isEmpty ? null : JSON.stringify({ permissions: { allow, additionalDirectories } }),
  }
}
