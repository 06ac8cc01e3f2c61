import { expect, test } from 'vitest'
import type { Event, Session } from '../../../src/client/index.ts'
import { followSession } from '../../../src/web/state/follow-session.ts'

const SESSION = {
  ...{ id: 's', title: 't', state: 'idle', turn: 0, lastEventId: -1, queue: [], approvals: [] },
} as unknown as Session
const at = '2026-01-01T00:00:00.000Z'
const play = (...records: object[]): Session =>
  records.reduce(
    (session: Session, record, id) => followSession(session, { id, at, turn: 1, ...record } as Event),
    SESSION,
  )
const ask = (approvalId: string) => ({
  ...{ kind: 'approval', approvalId, toolUseId: 't', toolName: 'Bash', input: {}, description: '' },
  suggestions: [],
})

test('a turn runs from its prompt to its end', () => {
  const user = { kind: 'user', text: 'x' }
  expect(play(user)).toMatchObject({ state: 'running', turn: 1, lastEventId: 0 })
  expect(play(user, { kind: 'cancelling', by: 'me' }).state).toBe('cancelling')
  expect(play(user, { kind: 'turn_end', outcome: 'completed' }).state).toBe('idle')
})

test('what is asked waits until it is answered, or the turn ends', () => {
  expect(play(ask('a'), ask('b')).approvals.map(({ approvalId }) => approvalId)).toEqual(['a', 'b'])
  expect(play(ask('a'), ask('b'), { kind: 'approval_resolved', approvalId: 'a' }).approvals).toHaveLength(1)
  expect(play(ask('a'), { kind: 'turn_end' }).approvals).toEqual([])
})

test('prompts wait in their order; an edited one keeps its place', () => {
  const queued = (promptId: string, position: number, text = promptId) => ({
    ...{ kind: 'queued', promptId, text, position },
  })
  const order = (session: Session) => session.queue.map(({ prompt }) => prompt)
  expect(order(play(queued('a', 1), queued('b', 2)))).toEqual(['a', 'b'])
  const edited = [{ kind: 'dequeued', promptId: 'a', reason: 'edited' }, queued('a', 1, 'A')]
  expect(order(play(queued('a', 1), queued('b', 2), ...edited))).toEqual(['A', 'b'])
})

test('an event that the server told of already changes nothing', () => {
  const session = { ...SESSION, lastEventId: 5 }
  expect(followSession(session, { id: 5, at, turn: 1, kind: 'user', text: 'x' })).toBe(session)
})
