import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lockDataDir } from '../../src/runtime/lock.ts'
import { tempDir } from './temp-dir.ts'

const lock = (dir: string): (() => void) => {
  const unlock = lockDataDir(dir)
  onTestFinished(() => {
    try {
      unlock()
    } catch {
      // Let go by the test itself.
    }
  })
  return unlock
}

/** Another process that holds the lock until it is ended. */
const lockElsewhere = async (dir: string) => {
  const module = join(import.meta.dirname, '../../src/runtime/lock.ts')
  const script = `import { lockDataDir } from ${JSON.stringify(module)}
    lockDataDir(process.argv[1]); console.log('locked'); setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, dir])
  onTestFinished(() => void holder.kill('SIGKILL'))
  await once(holder.stdout, 'data')
  return holder
}

test('a directory is locked once, and again when the lock was let go', () => {
  const dir = tempDir()
  const unlock = lock(dir)
  expect(() => lockDataDir(dir)).toThrow(`another server is using ${dir}`)
  unlock()
  lock(dir)
})

test('two directories do not know of each other', () => {
  lock(tempDir())
  lock(tempDir())
})

test('the lock of another process counts, until that process dies, however it dies', async () => {
  const dir = tempDir()
  const holder = await lockElsewhere(dir)
  expect(() => lockDataDir(dir)).toThrow('another server is using')
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  lock(dir)
})

test('the lock’s file is its owner’s alone', () => {
  const dir = tempDir()
  lock(dir)
  expect(statSync(join(dir, 'lock')).mode & 0o777).toBe(0o600)
})

test('a directory that is not there is an error', () => {
  expect(() => lockDataDir(join(tempDir(), 'missing'))).toThrow()
})
