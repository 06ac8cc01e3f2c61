import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bootId, readProcess } from '../../../src/runtime/process/process-table.ts'
import { awaitStart, checkAlive, checkFormat, LostError } from '../../../src/runtime/process/shim-health.ts'
import { tempDir } from '../temp-dir.ts'
import { writeClaim } from './turn.ts'

const here = () => ({ pid: process.pid, start: readProcess(process.pid)!.start, boot: bootId() })
const gone = () => ({ ...here(), start: '1' })
const write = (dir: string, name: string, content: string): void => writeFileSync(join(dir, name), content)

/** Waits that end at once, each by a poll or by a change; `at` acts before the wait of this number ends. */
const waits = (polled: boolean, at: Record<number, () => void> = {}) => {
  let count = 0
  return async (): Promise<boolean> => {
    if (++count > 1_000) throw new Error('waited for ever')
    at[count]?.()
    return polled
  }
}

test('a run has begun when its shim has claimed it and the agent has a pid', async () => {
  const dir = tempDir()
  const claim = here()
  const wait = waits(false, { 3: () => writeClaim(dir, claim), 6: () => write(dir, 'agent', '12\n') })
  expect(await awaitStart(dir, wait)).toEqual(claim)
})

test('a run whose agent came and went has begun as well', async () => {
  const dir = tempDir()
  writeClaim(dir, gone())
  write(dir, 'exit', '127\n')
  expect(await awaitStart(dir, waits(true))).toEqual(gone())
})

test('a shim that died before its agent had a pid is lost', async () => {
  const dir = tempDir()
  writeClaim(dir, gone())
  await expect(awaitStart(dir, waits(true))).rejects.toThrow(LostError)
})

test('a shim that lives is waited for, however long its agent takes', async () => {
  const dir = tempDir()
  writeClaim(dir, here())
  await awaitStart(dir, waits(true, { 50: () => write(dir, 'agent', '12\n') }))
})

test('a claim that names nobody is given some polls to be complete, and no more', async () => {
  const dir = tempDir()
  write(dir, 'claim', '')
  await expect(awaitStart(dir, waits(true))).rejects.toThrow('nobody runs it')
  const claim = here()
  const complete = () => {
    writeClaim(dir, claim)
    write(dir, 'agent', '12\n')
  }
  expect(await awaitStart(dir, waits(true, { 2: complete }))).toEqual(claim)
})

// A machine on which everything takes seconds is what this server is for. Given up here, the agent would start
// nevertheless, with nobody to watch it.
test('a shim that has not claimed the run yet is waited for', async () => {
  const dir = tempDir()
  const claim = here()
  const begin = () => {
    writeClaim(dir, claim)
    write(dir, 'agent', '12\n')
  }
  expect(await awaitStart(dir, waits(true, { 10: begin }))).toEqual(claim)
})

test('a shim that lives, or has written the status, is well', () => {
  const dir = tempDir()
  checkAlive(dir, here())
  checkAlive(dir, { ...here(), boot: '-' })
  write(dir, 'exit', '0\n')
  checkAlive(dir, gone())
  checkAlive(dir, { ...gone(), boot: 'another' })
})

test('a shim that is gone without a status is lost, or interrupted when the machine was restarted', () => {
  const dir = tempDir()
  const reasonOf = (claim: ReturnType<typeof here>) => {
    try {
      checkAlive(dir, claim)
    } catch (error) {
      return (error as LostError).reason
    }
    return null
  }
  expect(reasonOf(gone())).toBe('lost')
  expect(reasonOf({ ...here(), boot: 'another' })).toBe('interrupted')
  write(dir, 'exit', '')
  expect(reasonOf(gone())).toBe('lost')
})

test('only the format that this server writes is known', () => {
  for (const content of ['{"format":2}', '{}', '', null]) {
    const dir = tempDir()
    if (content !== null) write(dir, 'run.json', content)
    expect(() => checkFormat(dir), String(content)).toThrow(LostError)
  }
  const dir = tempDir()
  write(dir, 'run.json', '{"format":1}')
  checkFormat(dir)
})
