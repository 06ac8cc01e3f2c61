/** Starts real turns for tests, and takes care that nothing of them is left when the test is over. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { Launch } from '../../../src/runtime/agents/agent.ts'
import { bootId } from '../../../src/runtime/process/boot.ts'
import {
  CGROUP_PREFIX,
  findCgroupParent,
  killCgroup,
  removeCgroup,
} from '../../../src/runtime/process/cgroup.ts'
import {
  hasMarker,
  isAlive,
  readProcess,
  readProcessTable,
} from '../../../src/runtime/process/process-table.ts'
import { openRun, type Run, type RunListener } from '../../../src/runtime/process/run.ts'
import type { RunOptions } from '../../../src/runtime/process/run-options.ts'
import { until } from '../../support/until.ts'
import { tempDir } from '../temp-dir.ts'

const FIXTURES = join(import.meta.dirname, '../../fixtures/processes')
const ENV = { PATH: process.env.PATH! }

export type Identity = { pid: number; start: string }

/** @returns the process that runs now under this pid; it is killed when the test is over, whatever the test does */
export function own(pid: number): Identity {
  const row = readProcess(pid)
  const identity = { pid, start: row?.start ?? 'gone' }
  onTestFinished(() => kill(identity))
  return identity
}

export function kill(identity: Identity, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (isAlive(identity)) process.kill(identity.pid, signal)
}

export const launchOf = (fixture: string, input: string | null = null): Launch => ({
  argv: ['bash', join(FIXTURES, `${fixture}.bash`)],
  input,
  files: {},
})

let turns = 0

/** The options of a run of a fixture, in directories of its own. All that the run starts is killed in the end. */
export function runOptions(fixture: string, input: string | null = null): RunOptions {
  const dir = join(tempDir(), 'run')
  const turnName = `test-${process.pid}:${++turns}`
  onTestFinished(() => {
    for (const row of readProcessTable()) if (hasMarker(row.pid, `BREAKGLASS_TURN=${turnName}`)) kill(row)
  })
  return {
    ...{ dir, turnName, launch: launchOf(fixture, input), cwd: tempDir(), env: ENV },
    ...{ cgroup: { parent: null, name: 'none' }, failPoint: () => {}, pace: () => undefined },
  }
}

/**
 * A place for a turn's cgroup, gone when the test is over with all that is in it.
 * @param skip the test's, for where there can be none
 */
export function testCgroup(skip: (condition: boolean, note: string) => void, suffix = '') {
  const parent = findCgroupParent()
  skip(parent === null, 'no cgroup v2 can be made here')
  const name = `${CGROUP_PREFIX}test.${process.pid}.${++turns}${suffix}`
  const dir = join(parent!, name)
  onTestFinished(async () => {
    killCgroup(dir)
    await until(() => {
      removeCgroup(dir)
      expect(existsSync(dir)).toBe(false)
    })
  })
  return { parent: parent!, name, dir }
}

/** The same, as `spawnShim` takes it. */
export const shimOptions = (options: RunOptions, cgroup: string | null = null) => ({
  ...options,
  ...{ runDir: options.dir, boot: bootId(), cgroup, argv: options.launch.argv },
})

/** Who reads a run with no limit to what is said, and listens to nothing but lines. */
export const listenTo = (
  deliver: RunListener['deliver'],
  others: Partial<RunListener> = {},
): RunListener => ({
  ...{ deliver, outputBytesMax: Number.POSITIVE_INFINITY, onOverflow() {}, onHeard() {} },
  ...others,
})

/** Opens a run; it lets go of it when the test is over. */
export async function openTestRun(options: RunOptions): Promise<Run> {
  const run = await openRun(options)
  own(shimOf(options.dir).pid)
  onTestFinished(run.detach)
  return run
}

/** Starts a run and waits for the process that its fixture names in a line `ready PID`. */
export async function leafOf(options: RunOptions): Promise<Identity> {
  await openTestRun(options)
  // Not by the run: an agent may be gone before its tool says a word.
  const pid = await until(() => {
    const [, found] = /^ready (\d+)\n/.exec(readFileSync(join(options.dir, 'out'), 'utf8')) ?? []
    expect(found).toBeDefined()
    return Number(found)
  })
  return own(pid)
}

/** Who a claim names. */
export function shimOf(dir: string): Identity {
  const [pid, start] = readFileSync(join(dir, 'claim'), 'utf8').split(' ')
  return { pid: Number(pid), start: start! }
}

/** What a shim writes of itself, for tests that have none. */
export function writeClaim(dir: string, claim: Identity & { boot: string }): void {
  writeFileSync(join(dir, 'claim'), `${claim.pid} ${claim.start} ${claim.boot}\n`)
}
