import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isAlive, readProcess } from '../../../src/runtime/process/process-table.ts'
import { readPid } from '../../../src/runtime/process/run-directory.ts'
import type { RunOptions } from '../../../src/runtime/process/run-options.ts'
import { createTurnMembers } from '../../../src/runtime/process/turn-members.ts'
import { until } from '../../support/until.ts'
import { type Identity, kill, leafOf, openTestRun, own, runOptions, shimOf } from './turn.ts'

const membersOf = (
  { dir, turnName }: RunOptions,
  change: Partial<Parameters<typeof createTurnMembers>[0]> = {},
) =>
  createTurnMembers({
    name: turnName,
    shim: shimOf(dir),
    begun: true,
    agent: readPid(dir, 'agent'),
    feeder: readPid(dir, 'feeder'),
    cgroup: null,
    ...change,
  })

const pids = (members: ReturnType<typeof membersOf>): number[] => members.scan().map((row) => row.pid)

test.for([
  'plain-child',
  'background',
  'own-session',
  'double-fork',
  'ignores-term',
  'no-environment',
  'stopped',
])('the tool of the agent %s is a member', async (fixture) => {
  const options = runOptions(fixture)
  const leaf = await leafOf(options)
  expect(pids(membersOf(options))).toContain(leaf.pid)
})

// Each of these is found by one relation alone: without the marker, by what the kernel knows.
test.for(['plain-child', 'own-session', 'no-environment', 'stopped'])(
  'a tool in the agent’s tree (%s) is found without its environment',
  async (fixture) => {
    const options = runOptions(fixture)
    const leaf = await leafOf(options)
    expect(pids(membersOf(options, { name: 'another' }))).toContain(leaf.pid)
  },
)

test('the supervisor, its feeder and this server are no members', async () => {
  const options = runOptions('obedient', 'say ready\n')
  await openTestRun(options)
  expect(pids(membersOf(options))).toEqual([readPid(options.dir, 'agent')])
})

test('a stranger is no member, not even this server’s own child', async () => {
  const stranger = spawn('sleep', ['600'], { env: { BREAKGLASS_TURN: 'another' } })
  await once(stranger, 'spawn')
  own(stranger.pid!)
  const options = runOptions('plain-child')
  await leafOf(options)
  const found = pids(membersOf(options))
  expect(found).not.toContain(stranger.pid)
  expect(found).not.toContain(process.pid)
})

test('a member that loses its parent stays one, though nothing else tells it any more', async () => {
  const options = runOptions('no-environment')
  const leaf = await leafOf(options)
  const members = membersOf(options)
  expect(pids(members)).toContain(leaf.pid)
  for (const row of members.scan()) if (row.pid !== leaf.pid) await killAndWait(row)
  expect(readProcess(leaf.pid)).toMatchObject({ pid: leaf.pid, start: leaf.start })
  expect(pids(members)).toEqual([leaf.pid])
})

test('the dead are no members, waited for or not', async () => {
  const options = runOptions('plain-child')
  const leaf = await leafOf(options)
  const members = membersOf(options)
  for (const row of members.scan()) kill(row)
  await until(() => expect(isAlive(leaf)).toBe(false))
  await until(() => expect(members.scan()).toEqual([]))
})

test('when the shim is killed, the marker still finds what it left', async () => {
  const options = runOptions('double-fork')
  const leaf = await leafOf(options)
  await killAndWait(shimOf(options.dir))
  expect(pids(membersOf(options)).sort()).toEqual([readPid(options.dir, 'agent'), leaf.pid].sort())
})

test('what may be the turn’s is told only where it is known when the turn began', async () => {
  const options = runOptions('daemon')
  const leaf = await leafOf(options)
  await until(() => expect(readProcess(leaf.pid)?.parent).toBe(1))
  const orphans = (members: ReturnType<typeof membersOf>) => members.orphans().map(({ pid }) => pid)
  expect(orphans(membersOf(options))).toContain(leaf.pid)
  expect(orphans(membersOf(options, { shim: null }))).toEqual([])
})

test('a process that is older than the turn is somebody else’s, whatever it says', async () => {
  const impostor = spawn('sleep', ['600'], { env: { BREAKGLASS_TURN: 'test-impostor' } })
  await once(impostor, 'spawn')
  const { start } = own(impostor.pid!)
  const turn = { name: 'test-impostor', begun: true, agent: null, feeder: null, cgroup: null }
  await until(() =>
    expect(pids(createTurnMembers({ ...turn, shim: { pid: 2 ** 22 + 1, start } }))).toEqual([impostor.pid]),
  )
  const later = { pid: 2 ** 22 + 1, start: String(Number(start) + 1) }
  expect(pids(createTurnMembers({ ...turn, shim: later }))).toEqual([])
})

test('a stranger that was given the agent’s pid is not taken for the agent, nor its group for ours', async () => {
  const stranger = spawn('bash', ['-c', 'sleep 600 & echo $!; wait'], { detached: true })
  const { start } = own(stranger.pid!)
  const [output] = await once(stranger.stdout, 'data')
  own(Number(String(output)))
  const turn = {
    name: 'test-none',
    begun: true,
    shim: { pid: 2 ** 22 + 1, start },
    feeder: null,
    cgroup: null,
  }
  expect(pids(createTurnMembers({ ...turn, agent: stranger.pid! }))).toEqual([])
})

async function killAndWait(identity: Identity): Promise<void> {
  kill(identity)
  await until(() => expect(isAlive(identity)).toBe(false))
}
