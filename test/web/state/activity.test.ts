import { expect, it } from 'vitest'
import type { Event, Session, Writing } from '../../../src/client/index.ts'
import { activityOf } from '../../../src/web/state/activity.ts'
import { activityText } from '../../../src/web/state/activity-text.ts'

const at = (second: number): string => `2026-11-22T10:00:${String(second).padStart(2, '0')}.000Z`
const log = (...records: object[]): Event[] =>
  records.map((record, id) => ({ id, at: at(id), turn: 1, ...record }) as Event)
const session = (change: Partial<Session> = {}) =>
  ({ agent: 'claude', state: 'running', turn: 1, approvals: [], ...change }) as Session
const begun = [{ kind: 'user', text: 'go' }, { kind: 'turn_start' }]
const ready = [...begun, { kind: 'agent_ready' }]
const tool = (toolUseId: string, name: string, parent?: string) => ({
  ...{ kind: 'tool_use', toolUseId, name },
  ...(parent && { parent }),
})
const written = (kind: 'text' | 'thinking'): Writing => [{ turn: 1, block: 0, kind, text: 'x' }]
const verb = (records: object[], change: Partial<Session> = {}, writing: Writing = []) =>
  activityOf(session(change), log(...records), writing)?.verb

it('is nothing without an open turn', () => {
  expect(activityOf(null, [], [])).toBeNull()
  expect(verb(ready, { state: 'idle' })).toBeUndefined()
})

it.each<[string, object[], Partial<Session>, Writing]>([
  ['Starting', begun, {}, []],
  ['Thinking', ready, {}, []],
  ['Thinking', ready, {}, written('thinking')],
  ['Writing', ready, {}, written('text')],
  ['Running Bash', [...ready, tool('a', 'Bash')], {}, []],
  ['Running 2 tools', [...ready, tool('a', 'Bash'), tool('b', 'Read')], {}, []],
  ['Thinking', [...ready, tool('a', 'Bash'), { kind: 'tool_result', toolUseId: 'a' }], {}, []],
  ['Running Grep', [...ready, tool('a', 'Task'), tool('b', 'Grep', 'a')], {}, []],
  ['Waiting for the model', [...ready, { kind: 'notice', code: 'api_retry' }], {}, []],
  ['Waiting for other turns', [...begun, { kind: 'notice', code: 'waiting_for_slot' }], {}, []],
  ['Finishing', [...ready, { kind: 'result' }], {}, []],
  ['Running', [...begun, { kind: 'text' }], { agent: 'shell' }, []],
  ['Stopping', [...ready, { kind: 'cancelling' }], { state: 'cancelling' }, written('text')],
])('is %s', (expected, records, change, writing) => {
  expect(verb(records, change, writing)).toBe(expected)
})

it('waits for the operator as soon as the agent asks, whatever else it does', () => {
  const records = [...ready, tool('a', 'Bash'), { kind: 'approval', approvalId: 'p', toolUseId: 'a' }]
  const approvals = [{ approvalId: 'p' }] as Session['approvals']
  expect(activityOf(session({ approvals }), log(...records), written('text'))).toEqual({
    ...{ verb: 'Waiting for you', since: at(4), begun: at(1), isWaiting: true },
  })
})

it('counts from when it began, not from what came since', () => {
  const records = [...ready, tool('a', 'Bash'), { kind: 'notice', code: 'agent_note' }]
  expect(activityOf(session(), log(...records), [])?.since).toBe(at(3))
})

it('goes on counting with every word that comes', () => {
  const records = [...ready, { kind: 'text' }, { kind: 'thinking' }]
  const activity = activityOf(session(), log(...records), [])!
  const text = activityText(activity, { now: Date.parse(at(13)), isLive: true, heardMs: 0 })
  expect([text.verb, text.time]).toEqual(['Thinking', '12 s'])
})

it('knows nothing of the turn before, nor of prompts that are queued meanwhile', () => {
  const before = [...ready, tool('old', 'Bash'), { kind: 'turn_end' }]
  const records = [...before, ...ready.map((record) => ({ ...record, turn: 2 }))]
  expect(verb([...records, { kind: 'queued', turn: 2 }], { turn: 2 })).toBe('Thinking')
})

it('says what it can when the turn’s events are not there yet', () => {
  expect(activityOf(session({ turn: 7 }), log(...ready), [])).toEqual({
    ...{ verb: 'Thinking', since: null, begun: null, isWaiting: false },
  })
})

it('counts while it is live, and says how old it is when it is not', () => {
  const activity = { verb: 'Running Bash', since: at(1), begun: at(0), isWaiting: false }
  const now = Date.parse(at(13))
  expect(activityText(activity, { now, isLive: true, heardMs: 500 })).toEqual({
    ...{ said: 'Running Bash', verb: 'Running Bash', time: '12 s' },
  })
  const old = { ...activity, begun: '2026-11-22T09:58:00.000Z' }
  expect(activityText(old, { now, isLive: true, heardMs: 500 }).time).toBe('12 s · 2 min 13 s in all')
  expect(activityText(activity, { now, isLive: false, heardMs: 125_000 })).toEqual({
    ...{ said: 'Running Bash, as last heard', verb: 'Running Bash,', time: 'as of 2 min ago' },
  })
})
