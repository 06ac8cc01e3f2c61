import { expect, test } from 'vitest'
import type { Asked } from '../../../src/machines/approvals.ts'
import {
  answerLine,
  permissionsOf,
  translateRequest,
  translateWithdrawal,
} from '../../../src/runtime/agents/claude-permissions.ts'
import { expectShape } from './record-shape.ts'
import { recordedControl } from './recordings.ts'

const RULE = {
  ...{ type: 'addRules', behavior: 'allow', destination: 'localSettings' },
  rules: [{ toolName: 'Bash', ruleContent: 'touch x *' }],
}
const DIRECTORY = { type: 'addDirectories', directories: ['/srv'], destination: 'session' }
const EDITS = { type: 'setMode', mode: 'acceptEdits', destination: 'session' }

const request = (change: object = {}, id: unknown = 'id-1') => ({
  ...{ type: 'control_request', request_id: id },
  request: { subtype: 'can_use_tool', tool_name: 'Bash', input: { command: 'df' }, ...change },
})
const suggestionsOf = (permission_suggestions: unknown) => {
  const [record] = translateRequest(request({ permission_suggestions }))!
  return (record as unknown as Asked).suggestions
}
const asked: Asked = {
  ...{ approvalId: 'id-1', toolUseId: 'u', toolName: 'Bash', input: { command: 'df' } },
  ...{ description: '', suggestions: [RULE] },
}
const responseOf = (line: string) => JSON.parse(line).response

test('a request is an approval, with what there is of it', () => {
  const [record, ...more] = translateRequest(request())!
  expectShape(record!)
  expect(more).toEqual([])
  expect(record).toEqual({
    ...{ kind: 'approval', approvalId: 'id-1', toolUseId: '', toolName: 'Bash', input: { command: 'df' } },
    ...{ description: '', suggestions: [] },
  })
})

test.each<[string, object]>([
  ['about something else', request({ subtype: 'hook_callback' })],
  ['without a tool', request({ tool_name: 7 })],
  ['without a name', request({}, null)],
  ['whose name is a path', request({}, '../x')],
  ['whose name is too long', request({}, 'x'.repeat(101))],
  ['without anything', { type: 'control_request' }],
])('a request %s is none', (_, message) => {
  expect(translateRequest(message as never)).toBeNull()
})

test('what is taken back is a denial by the agent', () => {
  const [record] = translateWithdrawal({ request_id: 'id-1' })
  expectShape(record!)
  expect(record).toMatchObject({ approvalId: 'id-1', decision: 'deny', by: 'agent' })
})

test('of its suggestions the rules for this very use count, or else what there is for edits', () => {
  expect(suggestionsOf([RULE, DIRECTORY, EDITS])).toEqual([RULE])
  expect(suggestionsOf([EDITS, DIRECTORY])).toEqual([EDITS, DIRECTORY])
  expect(
    suggestionsOf([
      { ...RULE, behavior: 'deny' },
      { type: 'setMode', mode: 'bypassPermissions' },
    ]),
  ).toEqual([])
  expect(suggestionsOf([null, 7, 'x', { type: 'removeRules' }])).toEqual([])
  expect(suggestionsOf('x')).toEqual([])
})

test('leave is given for what was asked, as it was, or as the operator made it', () => {
  const plain = answerLine(asked, { decision: 'allow' })
  expect(plain.endsWith('}\n')).toBe(true)
  expect(plain.trimEnd()).not.toContain('\n')
  expect(responseOf(plain)).toEqual({
    ...{ subtype: 'success', request_id: 'id-1' },
    response: { behavior: 'allow', updatedInput: { command: 'df' } },
  })
  const updatedInput = { command: 'du\n-h' }
  const changed = answerLine(asked, { decision: 'allow', updatedInput })
  expect(changed.trimEnd()).not.toContain('\n')
  expect(responseOf(changed).response).toEqual({ behavior: 'allow', updatedInput })
})

test('what is allowed always is kept for the run, and in no file of claude’s', () => {
  const line = answerLine({ ...asked, suggestions: [RULE, EDITS] }, { decision: 'allow', always: true })
  expect(responseOf(line).response.updatedPermissions).toEqual([{ ...RULE, destination: 'session' }, EDITS])
})

test('a denial has a message in any case', () => {
  expect(responseOf(answerLine(asked, { decision: 'deny', message: 'No!' })).response).toEqual({
    ...{ behavior: 'deny', message: 'No!' },
  })
  for (const message of ['', undefined])
    expect(
      responseOf(answerLine(asked, { decision: 'deny', ...(message !== undefined && { message }) })).response,
    ).toEqual({
      ...{ behavior: 'deny', message: 'The operator said no.' },
    })
})

test('a later run begins with what was allowed before', () => {
  expect(permissionsOf('ask', [])).toEqual({ mode: 'ask', settings: null })
  const { mode, settings } = permissionsOf('ask', [RULE, DIRECTORY])
  expect(mode).toBe('ask')
  expect(JSON.parse(settings!)).toEqual({
    permissions: { allow: ['Bash(touch x *)'], additionalDirectories: ['/srv'] },
  })
})

test('edits that were accepted once are accepted from then on, and no mode is made stricter by that', () => {
  expect(permissionsOf('ask', [EDITS])).toEqual({ mode: 'acceptEdits', settings: null })
  expect(permissionsOf('bypass', [EDITS]).mode).toBe('bypass')
})

test.each([
  ['a tool alone', { toolName: 'WebSearch' }, 'WebSearch'],
  ['parentheses', { toolName: 'Bash', ruleContent: 'echo "(a)"' }, 'Bash(echo "\\(a\\)")'],
  ['a backslash', { toolName: 'Bash', ruleContent: 'a\\b' }, 'Bash(a\\\\b)'],
])('a rule with %s is written as claude reads it', (_, rule, text) => {
  const { settings } = permissionsOf('ask', [{ ...RULE, rules: [rule] }])
  expect(JSON.parse(settings!).permissions.allow).toEqual([text])
})

test.each(['allow', 'deny', 'interrupt'])('the recorded dialogue %s is understood, and spoken', (name) => {
  const dialogue = recordedControl(name)
  const requests = dialogue.flatMap(({ sent, message }) =>
    !sent && message.type === 'control_request' ? [message] : [],
  )
  const answers = dialogue.flatMap(({ sent, message }) =>
    sent && message.type === 'control_response' ? [message] : [],
  )
  expect(requests).toHaveLength(answers.length)
  for (const [index, message] of requests.entries()) {
    const [record] = translateRequest(message)!
    expectShape(record!)
    const { behavior, message: why } = (
      answers[index] as never as { response: { response: { behavior: 'allow' | 'deny'; message?: string } } }
    ).response.response
    const line = answerLine(record as unknown as Asked, {
      decision: behavior,
      ...(why !== undefined && { message: why }),
    })
    expect(JSON.parse(line)).toEqual(answers[index])
  }
})
