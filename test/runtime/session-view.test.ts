import { expect, test } from 'vitest'
import type { QueueHeld } from '../../src/machines/events.ts'
import { EMPTY_FOLD } from '../../src/machines/fold.ts'
import { listSession, viewSession } from '../../src/runtime/session-view.ts'
import { sessionRow } from './log/given.ts'

test('a new session is idle, without events, and has a name', () => {
  expect(viewSession(sessionRow('a'), 'hold')).toEqual({
    ...{
      id: 'a',
      title: 'New session',
      agent: 'shell',
      model: null,
      state: 'idle',
      turn: 0,
      lastEventId: -1,
    },
    ...{ createdAt: '2026-11-22T10:00:00.000Z', updatedAt: '2026-11-22T10:00:00.000Z', archived: false },
    ...{ workspace: '/srv/a', permissionMode: 'ask', queue: [], queueHeld: null, approvals: [], allowed: [] },
    usage: { costUsd: 0, inputTokens: 0, outputTokens: 0 },
    lastLine: null,
  })
})

test('the last line is shown with what a terminal would obey written out', () => {
  const fold = { ...EMPTY_FOLD, lastLine: { kind: 'text', text: '\x1b[31mfull' } as const }
  const { lastLine } = viewSession(sessionRow('a', { fold }), 'hold')
  expect(lastLine).toEqual({ kind: 'text', text: '\\u001b[31mfull' })
})

test('in a list, a session has of what waits no more than how much it is', () => {
  const queue = [{ promptId: 'p', prompt: 'next', at: '2026-11-22T10:00:00.000Z', model: null }]
  const view = viewSession(sessionRow('a', { fold: { ...EMPTY_FOLD, queue } }), 'hold')
  const listed = listSession(view)
  expect(listed).toMatchObject({ id: 'a', queueHeld: null, waiting: { prompts: 1, approvals: 0 } })
  for (const key of ['queue', 'approvals', 'allowed']) expect(listed).not.toHaveProperty(key)
})

test('a session is called by its title, else by its first prompt', () => {
  const fold = { ...EMPTY_FOLD, firstPrompt: 'why is it slow' }
  expect(viewSession(sessionRow('a', { fold }), 'hold').title).toBe('why is it slow')
  expect(viewSession(sessionRow('a', { fold, title: 'Outage' }), 'hold').title).toBe('Outage')
})

test('its last activity is its last event or its last edit, whichever was later', () => {
  const fold = { ...EMPTY_FOLD, at: '2026-11-22T12:00:00.000Z' }
  const updatedAt = (edited: string) =>
    viewSession(sessionRow('a', { fold, updatedAt: edited }), 'hold').updatedAt
  expect(updatedAt('2026-11-22T11:00:00.000Z')).toBe(fold.at)
  expect(updatedAt('2026-11-22T13:00:00.000Z')).toBe('2026-11-22T13:00:00.000Z')
})

test('nothing that is the server’s own business is shown', () => {
  const view = viewSession(sessionRow('a', { spool: { offset: 1 } }), 'hold')
  for (const key of ['spool', 'fold', 'ownsWorkspace', 'agentSessionId']) expect(view).not.toHaveProperty(key)
})

test('a queue is held by a cancelled turn, unless it is to go on then', () => {
  const held = (queueHeld: QueueHeld, afterCancel: 'hold' | 'run') =>
    viewSession(sessionRow('a', { fold: { ...EMPTY_FOLD, queueHeld } }), afterCancel).queueHeld
  expect(held('cancelled', 'hold')).toBe('cancelled')
  expect(held('cancelled', 'run')).toBeNull()
  expect(held('not_started', 'run')).toBe('not_started')
})
