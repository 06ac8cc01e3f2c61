import { expect, test } from 'vitest'
import type { ListedSession } from '../../../src/client/index.ts'
import { orderSessions } from '../../../src/web/state/session-order.ts'

const session = (id: string, more: Partial<ListedSession> = {}) =>
  ({
    ...{
      id,
      title: id,
      agent: 'claude',
      workspace: `/w/${id}`,
      state: 'idle',
      archived: false,
      lastLine: null,
    },
    ...{ updatedAt: '2026-01-01T00:00:00.000Z', waiting: { prompts: 0, approvals: 0 } },
    ...more,
  }) as ListedSession
const order = (sessions: ListedSession[], { search = '', archived = false } = {}) =>
  orderSessions(sessions, { search, archived }).map(({ id }) => id)

test('what waits for somebody comes first, then what runs, then the newest', () => {
  const sessions = [
    session('old'),
    session('new', { updatedAt: '2026-01-03T00:00:00.000Z' }),
    session('runs', { state: 'running', updatedAt: '2026-01-02T00:00:00.000Z' }),
    session('stops', { state: 'cancelling' }),
    session('asks', { state: 'running', waiting: { prompts: 0, approvals: 1 } }),
  ]
  expect(order(sessions)).toEqual(['asks', 'runs', 'stops', 'new', 'old'])
  expect(sessions[0]!.id).toBe('old')
})

test('the archived are a list of their own', () => {
  const sessions = [session('a'), session('b', { archived: true })]
  expect([order(sessions), order(sessions, { archived: true })]).toEqual([['a'], ['b']])
})

test('a search finds what has all of its words, wherever they stand', () => {
  const sessions = [
    session('Disk full', { lastLine: { kind: 'text', text: 'web-3 is at 98 %' } }),
    session('disk', { workspace: '/srv/web', updatedAt: '2025-01-01T00:00:00.000Z' }),
    session('other'),
  ]
  expect(order(sessions, { search: 'DISK web' })).toEqual(['Disk full', 'disk'])
  expect(order(sessions, { search: ' 98 ' })).toEqual(['Disk full'])
  expect(order(sessions, { search: 'nothing' })).toEqual([])
})
