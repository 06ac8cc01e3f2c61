import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import * as table from '../../../src/runtime/process/process-table.ts'
import { until } from '../../support/until.ts'
import { tempDir } from '../temp-dir.ts'

const start = async (file: string, args: string[], env = {}): Promise<ChildProcess & { pid: number }> => {
  const child = spawn(file, args, { stdio: 'ignore', env })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child, 'spawn')
  return child as ChildProcess & { pid: number }
}

test('this process is found with its parent, and is alive', () => {
  const row = table.readProcess(process.pid)!
  expect(row).toMatchObject({ pid: process.pid, parent: process.ppid, zombie: false })
  expect(table.isAlive(row)).toBe(true)
  expect(table.readProcessTable()).toContainEqual(row)
})

test('a program whose name holds spaces and parentheses is read right', async () => {
  const program = join(tempDir(), 'a) Z 1 (b')
  copyFileSync('/bin/sleep', program)
  const child = await start(program, ['600'])
  expect(table.readProcess(child.pid)).toMatchObject({ parent: process.pid, zombie: false })
})

test('a pid that nobody has is null, not alive, and takes no signal', async () => {
  const child = await start('/bin/sleep', ['600'])
  const row = table.readProcess(child.pid)!
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(table.readProcess(child.pid)).toBeNull()
  expect(table.isAlive(row)).toBe(false)
  expect(table.answersSignals(child.pid)).toBe(false)
})

test('the same pid with another start is somebody else', () => {
  expect(table.isAlive({ pid: process.pid, start: '1' })).toBe(false)
})

test('a zombie is in the table, and is not alive', async () => {
  // sleep waits for no child.
  const parent = spawn('bash', ['-c', 'sleep 0.01 & echo $!; exec sleep 600'])
  onTestFinished(() => void parent.kill('SIGKILL'))
  const [output] = await once(parent.stdout, 'data')
  const pid = Number(String(output))
  const row = await until(() => {
    const found = table.readProcess(pid)!
    expect(found.zombie).toBe(true)
    return found
  })
  expect(table.isAlive(row)).toBe(false)
  expect(table.answersSignals(pid)).toBe(true)
})

test('a marker is one whole variable of the environment a process began with', async () => {
  const child = await start('/bin/sleep', ['600'], { BREAKGLASS_TURN: 'id:12', OTHER: 'BREAKGLASS_TURN=x' })
  // `spawn` is told before the child has become its program.
  await until(() => expect(table.hasMarker(child.pid, 'BREAKGLASS_TURN=id:12')).toBe(true))
  for (const marker of ['BREAKGLASS_TURN=id:1', 'BREAKGLASS_TURN=x', 'BREAKGLASS_TURN'])
    expect(table.hasMarker(child.pid, marker)).toBe(false)
  expect(table.hasMarker(2 ** 22 + 1, 'BREAKGLASS_TURN=id:12')).toBeNull()
})
