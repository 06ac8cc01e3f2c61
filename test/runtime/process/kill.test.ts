import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bootId } from '../../../src/runtime/process/boot.ts'
import { openKiller } from '../../../src/runtime/process/kill.ts'
import type { Left } from '../../../src/runtime/process/killer.ts'
import { isAlive, readProcess } from '../../../src/runtime/process/process-table.ts'
import type { RunOptions } from '../../../src/runtime/process/run.ts'
import { prepareRun, readExitStatus, readPid } from '../../../src/runtime/process/run-directory.ts'
import { sweep } from '../../../src/runtime/process/sweep.ts'
import { tempDir } from '../temp-dir.ts'
import { until } from '../until.ts'
import { launchOf, leafOf, own, runOptions, writeClaim } from './turn.ts'

/** A process of the test's own that no turn knows. */
const startStranger = async () => {
  const stranger = spawn('sleep', ['600'], { detached: true })
  await once(stranger, 'spawn')
  return own(stranger.pid!)
}

/** Signals until nothing is left. */
const sweepAll = (options: RunOptions, signal: 'SIGTERM' | 'SIGKILL') => {
  const kill = openKiller(options.dir, options.turnName)
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
  const killer = openKiller(options.dir, options.turnName)!
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
  const kill = openKiller(options.dir, options.turnName)!
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

const prepared = (): string => {
  const dir = join(tempDir(), 'run')
  prepareRun(dir, launchOf('obedient'))
  return dir
}

test('without a claim there is nothing to kill', () => {
  expect(openKiller(prepared(), 'test')).toBeNull()
})

test('a run of another version’s is nobody’s to kill: what its files mean is not known here', async () => {
  const dir = prepared()
  const stranger = await startStranger()
  writeClaim(dir, { ...stranger, boot: bootId() })
  for (const format of ['{"format":1}', '{"format":3}', '{', '']) {
    writeFileSync(join(dir, 'run.json'), format)
    expect(openKiller(dir, 'test'), format).toBeNull()
  }
})

test('pids of before a restart of the machine are nobody’s', async () => {
  const dir = prepared()
  const stranger = await startStranger()
  writeClaim(dir, { ...stranger, boot: 'another-boot' })
  expect(openKiller(dir, 'test')).toBeNull()
  writeClaim(dir, { ...stranger, boot: bootId() })
  expect(openKiller(dir, 'test')).not.toBeNull()
})
