import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { isRunning } from './processes.ts'
import { clearRunDir, makeRunDir } from './run-dir.ts'
import { until } from './until.ts'

afterEach(() => vi.unstubAllEnvs())

/** As the run of tests does; its own directory is not touched. */
function makeDir(): string {
  vi.stubEnv('TMPDIR', process.env.TMPDIR)
  return makeRunDir()
}

/** Started by somebody who goes at once: our own children are those that run the tests. */
async function leave(
  options: { cwd?: string; env?: Record<string, string> },
  ...args: string[]
): Promise<number> {
  const command = ['-c', '"$@" >/dev/null 2>&1 & echo $!', 'sh', ...args]
  const parent = spawn('/bin/sh', command, { stdio: ['ignore', 'pipe', 'inherit'], ...options })
  const [pid] = await once(parent.stdout, 'data')
  return Number(pid)
}

test('a directory that was left empty is removed, and nothing is said', async () => {
  const dir = makeDir()
  expect(tmpdir()).toBe(dir)
  expect(await clearRunDir(dir)).toEqual([])
  expect(existsSync(dir)).toBe(false)
})

test('files and processes that were left behind are told, and then gone', async () => {
  const dir = makeDir()
  const made = mkdtempSync(join(tmpdir(), 'left-'))
  const pids = [
    await leave({ cwd: made, env: {} }, '/bin/sleep', '1000'),
    await leave({ env: { HOME: made } }, '/bin/sleep', '1001'),
    await leave({ env: {} }, '/usr/bin/tail', '-f', '/dev/null', join(made, 'none')),
  ]
  const left = await clearRunDir(dir)
  expect(left.toSorted()).toEqual(
    [...pids.map((pid, at) => `the process ${pid} (${at < 2 ? 'sleep' : 'tail'})`), made].toSorted(),
  )
  expect(existsSync(dir)).toBe(false)
  await until(() => expect(pids.filter(isRunning)).toEqual([]))
})
