import { statSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { AttachedFile } from '../../src/machines/events.ts'
import { createAgents } from '../../src/runtime/agents/registry.ts'
import { createDirectories } from '../../src/runtime/directories.ts'
import { beginTurn, createTurnContext, readAsked } from '../../src/runtime/turn-context.ts'
import { appendOf, sessionRow, text, turnStart, user } from './log/given.ts'
import { tempDir } from './temp-dir.ts'

const agents = createAgents({ claudeBin: 'claude', path: '' })

type Change = { spool?: unknown; agentSessionId?: string | null; turn?: number }

function contextOf(change: Change = {}, cgroupParent: string | null = null) {
  const directories = createDirectories(tempDir())
  const row = sessionRow('ID', { agent: 'claude', permissionMode: 'bypass' })
  const turn = {
    row,
    asked: { prompt: 'hi', model: 'opus', attachments: [] },
    turn: 3,
    spool: null,
    agentSessionId: null,
    allowed: [],
    ...change,
  }
  const deps = {
    agents,
    directories,
    environment: { PATH: '/bin' },
    workspaceRoots: [],
    cgroupParent,
    bootId: () => 'boot',
  }
  return { directories, context: createTurnContext(deps, turn) }
}

test('a turn that was never read begins at its beginning', () => {
  const { context, directories } = contextOf({ spool: { turn: 2, run: 'R2', offset: 99 } })
  expect(context.cursor).toMatchObject({ turn: 3, attempt: 0, offset: 0, memory: { id: 'ID', known: false } })
  expect(context).toMatchObject({ turnName: 'ID:3:unknown', cwd: '/srv/ID', env: { PATH: '/bin' } })
  expect(context.runDir(1)).toBe(directories.run('ID', '3.1.unknown'))
  expect(context.cgroup(1).parent).toBeNull()
  expect(context.whyNot).toContain('claude was not found')
})

test('a turn that was read before goes on where its cursor stands', () => {
  const spool = { turn: 3, run: 'R', attempt: 1, offset: 99, state: {}, memory: { id: 'X', known: true } }
  const { context, directories } = contextOf({ spool, agentSessionId: 'Y' })
  // Of an older version, which knew of no answers.
  expect(context.cursor).toMatchObject({ ...spool, resumedAt: null, unsaid: null })
  expect(context.runDir(2)).toBe(directories.run('ID', '3.2.R'))
  expect(context.turnName).toBe('ID:3:R')
})

test('each attempt has a cgroup of its own, where turns have cgroups at all', () => {
  const { context } = contextOf({ spool: { turn: 3, run: 'R' } }, '/sys/fs/cgroup/ours')
  expect(context.cgroup(0)).toEqual({ parent: '/sys/fs/cgroup/ours', name: 'breakglass.ID.3.0.R' })
  expect(context.cgroup(1)).toEqual({ parent: '/sys/fs/cgroup/ours', name: 'breakglass.ID.3.1.R' })
})

test('a turn that begins has the name that it is given, and this start of the machine', () => {
  const { context } = contextOf()
  const cursor = beginTurn(context.agent, {
    ...{ row: sessionRow('ID'), turn: 4, agentSessionId: null, run: 'fresh', boot: 'boot' },
  })
  expect(cursor).toMatchObject({
    turn: 4,
    run: 'fresh',
    attempt: 0,
    boot: 'boot',
    startedAt: null,
    offset: 0,
  })
  expect(cursor).toMatchObject({ stop: null, finished: null, memory: { id: 'ID', known: false } })
})

test('an agent that has a memory is asked for it under the id that it gave', () => {
  expect(contextOf({ agentSessionId: 'Y' }).context.cursor.memory).toEqual({ id: 'Y', known: true })
})

test('the agent is launched with what was asked, and has a directory for its state', () => {
  const { context, directories } = contextOf()
  const { argv, input } = context.launch({ ...context.cursor, memory: { id: 'M', known: true } })
  expect(argv).toEqual(expect.arrayContaining(['--model=opus', '--resume', 'M', 'bypassPermissions']))
  expect(input).toContain('"hi"')
  expect(statSync(directories.agentState('ID')).mode & 0o777).toBe(0o700)
})

test('what a turn was asked is read from its first two events', async () => {
  const { segment } = appendOf(sessionRow('a'), [
    user('why?'),
    { ...turnStart(), model: 'opus' } as never,
    text('x'),
  ])
  const attachments: AttachedFile[] = []
  expect(await readAsked(async () => segment, 0)).toEqual({ prompt: 'why?', model: 'opus', attachments })
  expect(await readAsked(async () => null, 0)).toEqual({ prompt: '', model: null, attachments })
  attachments.push({ path: 'attachments/a.png', mediaType: 'image/png', bytes: 3 })
  const { segment: withFile } = appendOf(sessionRow('a'), [
    { ...user('why?'), attachments } as never,
    turnStart(),
  ])
  expect(await readAsked(async () => withFile, 0)).toMatchObject({ prompt: 'why?', attachments })
})
