import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bootId } from '../../../src/runtime/process/boot.ts'
import { openKiller } from '../../../src/runtime/process/kill.ts'
import type { Left } from '../../../src/runtime/process/killer.ts'
import { isAlive, readProcess } from '../../../src/runtime/process/process-table.ts'
import { readExitStatus, readPid } from '../../../src/runtime/process/run-directory.ts'
import type { RunOptions } from '../../../src/runtime/process/run-options.ts'
import { sweep } from '../../../src/runtime/process/sweep.ts'
import { until } from '../../support/until.ts'
import { tempDir } from '../temp-dir.ts'
import { leafOf, own, runOptions } from './turn.ts'

const killerOf = ({ dir, turnName }: RunOptions) =>
  openKiller({ runDir: dir, name: turnName, cgroup: null, boot: bootId() })

/** A process of the test's own that no turn knows. */
const startStranger = async () => {
  const stranger = spawn('sleep', ['600'], { detached: true })
  await once(stranger, 'spawn')
  return own(stranger.pid!)
}

/** Signals until nothing is left. */
const sweepAll = (options: RunOptions, signal: 'SIGTERM' | 'SIGKILL') => {
  const kill = killerOf(options)
  const cleared = Promise.withResolvers<Left>()
  const never = () => false
  const sweeper = sweep({
    ...{ signal, killer: () => kill, isDone: () => true, isDetached: never },
    ...{ cleared: cleared.resolve, onFault: cleared.reject },
  })
  return { ...sweeper, cleared: cleared.promise, kill: kill! }
}

test.for(['plain-child', 'background', 'own-session', 'double-fork', 'no-environment', 'stopped'])(
  'SIGTERM ends the agent %s with all that it started, and nobody else',
  async (fixture) => {
    const options = runOptions(fixture)
    const stranger = await startStranger()
    const leaf = await leafOf(options)
    const { cleared, kill } = sweepAll(options, 'SIGTERM')
    expect(await cleared).toEqual([])
    expect(isAlive(leaf)).toBe(false)
    expect(kill.signal('SIGKILL')).toEqual([])
    expect(kill.alive()).toEqual([])
    expect(isAlive(stranger)).toBe(true)
  },
)

const hasCompiler = spawnSync('cc', ['--version']).status === 0

test.skipIf(!hasCompiler)('a tool whose first thread has ended is alive, found and ended', async () => {
  const program = join(tempDir(), 'headless')
  const source = join(import.meta.dirname, '../../fixtures/processes/headless.c')
  execFileSync('cc', ['-pthread', '-o', program, source])
  const base = runOptions('background')
  const command = `${program} & exec sleep 600`
  const options = { ...base, launch: { argv: ['bash', '-c', command], input: null, files: {} } }
  const leaf = await leafOf(options)
  await until(() => expect(readFileSync(`/proc/${leaf.pid}/stat`, 'latin1')).toMatch(/\) Z /))
  expect(isAlive(leaf)).toBe(true)
  const kill = killerOf(options)!
  expect(kill.alive()).toContainEqual(expect.objectContaining({ pid: leaf.pid }))
  expect(await sweepAll(options, 'SIGTERM').cleared).toEqual([])
  expect(isAlive(leaf)).toBe(false)
})

test('what SIGTERM does not end SIGKILL does', async () => {
  const options = runOptions('ignores-term')
  const stranger = await startStranger()
  const leaf = await leafOf(options)
  const { cleared, escalate, kill } = sweepAll(options, 'SIGTERM')
  // The agent and its tool: both have had SIGTERM by now, and live.
  expect(kill.signal('SIGTERM')).toHaveLength(2)
  expect(kill.alive()).toHaveLength(2)
  expect(isAlive(leaf)).toBe(true)
  escalate('SIGKILL')
  expect(await cleared).toEqual([])
  expect(isAlive(leaf)).toBe(false)
  expect(isAlive(stranger)).toBe(true)
})

test('what was noted before the agent went is found after it, though nothing ties it to the turn any more', async () => {
  const options = runOptions('no-environment')
  const leaf = await leafOf(options)
  const killer = killerOf(options)!
  killer.note()
  process.kill(readPid(options.dir, 'agent')!, 'SIGKILL')
  await until(() => expect(readExitStatus(options.dir)).toBe(137))
  expect(isAlive(leaf)).toBe(true)
  expect(killer.signal('SIGKILL')).toMatchObject([leaf])
  await until(() => expect(isAlive(leaf)).toBe(false))
})

test('SIGKILL ends what is stopped', async () => {
  const options = runOptions('stopped')
  const leaf = await leafOf(options)
  expect(await sweepAll(options, 'SIGKILL').cleared).toEqual([])
  expect(isAlive(leaf)).toBe(false)
})

test('each process has a signal once, so that a handler is not run again and again', async () => {
  const options = runOptions('counts-terms')
  const leaf = await leafOf(options)
  const kill = killerOf(options)!
  const before = readProcess(leaf.pid)!.start
  for (let count = 0; count < 5; count++) expect(kill.signal('SIGTERM')).not.toEqual([])
  const out = () => readFileSync(join(options.dir, 'out'), 'utf8')
  await until(() => expect(out()).toContain('SIGTERM'))
  // A second one would be told between the first and this.
  process.kill(leaf.pid, 'SIGUSR1')
  await until(() => expect(out()).toContain('SIGUSR1'))
  expect(out().match(/SIGTERM/g)).toHaveLength(1)
  expect(readProcess(leaf.pid)?.start).toBe(before)
})

test('a turn that nobody ran has nothing to kill', () => {
  const killer = openKiller({ runDir: tempDir(), name: 'test', cgroup: null, boot: bootId() })!
  expect(killer.alive()).toEqual([])
  expect(killer.signal('SIGKILL')).toEqual([])
})

test.for(['directory', 'claim'])('a turn whose %s is gone is found by its name', async (lost) => {
  const options = runOptions('own-session')
  const leaf = await leafOf(options)
  rmSync(lost === 'claim' ? join(options.dir, 'claim') : options.dir, { recursive: true })
  expect(killerOf(options)!.alive()).toContainEqual(expect.objectContaining({ pid: leaf.pid }))
  expect(await sweepAll(options, 'SIGTERM').cleared).toEqual([])
  expect(isAlive(leaf)).toBe(false)
})

test('a turn of before a restart of the machine has nobody: its pids are anybody’s', () => {
  expect(openKiller({ runDir: tempDir(), name: 'test', cgroup: null, boot: 'another' })).toBeNull()
})
