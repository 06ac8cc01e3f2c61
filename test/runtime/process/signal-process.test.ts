import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { isAlive } from '../../../src/runtime/process/process-table.ts'
import { signalProcess } from '../../../src/runtime/process/signal-process.ts'
import { until } from '../../support/until.ts'
import { own } from './turn.ts'

const startOne = async () => {
  const child = spawn('sleep', ['600'])
  await once(child, 'spawn')
  return own(child.pid!)
}

test('a process gets the signal that it is sent', async () => {
  const one = await startOne()
  signalProcess(one, 'SIGTERM')
  await until(() => expect(isAlive(one)).toBe(false))
})

test('who was given the pid of another since is spared, whatever the signal', async () => {
  const stranger = await startOne()
  const noted = { ...stranger, start: String(Number(stranger.start) - 1) }
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) signalProcess(noted, signal)
  // A signal that is sent is there at once: had it been, this one would come second.
  process.kill(stranger.pid, 'SIGCONT')
  expect(isAlive(stranger)).toBe(true)
})

test('who is gone is nobody to signal', () => {
  expect(() => signalProcess({ pid: 2 ** 22 + 1, start: '1' }, 'SIGKILL')).not.toThrow()
})
