import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { prepareRun, readExitStatus } from '../../../src/runtime/process/run-directory.ts'
import { spawnShim } from '../../../src/runtime/process/spawn.ts'
import { runOptions, shimOptions } from './turn.ts'

const prepare = () => {
  const options = runOptions('obedient')
  prepareRun(options.dir, options.launch)
  return shimOptions(options)
}

test('the shim is given back once the kernel has taken it', async () => {
  const start = prepare()
  const shim = await spawnShim(start)
  expect(shim.pid).toBeGreaterThan(0)
  await once(shim, 'exit')
  expect(readExitStatus(start.runDir)).toBe(0)
})

test('a workspace that is not there is refused', async () => {
  const start = prepare()
  await expect(spawnShim({ ...start, cwd: join(start.cwd, 'missing') })).rejects.toThrow('ENOENT')
})

test('arguments that the kernel does not take are refused', async () => {
  await expect(spawnShim({ ...prepare(), argv: ['true', 'x'.repeat(4 * 1024 * 1024)] })).rejects.toThrow(
    'E2BIG',
  )
})

test('a NUL in an argument is refused', async () => {
  await expect(spawnShim({ ...prepare(), argv: ['true', 'a\0b'] })).rejects.toThrow('null bytes')
})
