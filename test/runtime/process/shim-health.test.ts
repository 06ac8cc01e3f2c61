import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bootId } from '../../../src/runtime/process/boot.ts'
import { readProcess } from '../../../src/runtime/process/process-table.ts'
import { abandonRun, RUN_FORMAT } from '../../../src/runtime/process/run-directory.ts'
import {
  awaitStart,
  checkAdoptable,
  checkAlive,
  LostError,
  StartError,
  toStartError,
} from '../../../src/runtime/process/shim-health.ts'
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

test('a run that is abandoned is not waited for, however it is done', async () => {
  const dir = tempDir()
  const abandon = () => void abandonRun(dir)
  await expect(awaitStart(dir, waits(true, { 5: abandon }))).rejects.toThrow('it was stopped before it began')
  await expect(awaitStart(dir, waits(false))).rejects.toThrow(StartError)
})

test('a claim that names nobody is damaged: the turn is lost, but not before it was looked at again', async () => {
  const dir = tempDir()
  write(dir, 'claim', '')
  await expect(awaitStart(dir, waits(true))).rejects.toThrow(LostError)
  const claim = here()
  await expect(
    awaitStart(dir, waits(true, { 1: () => writeClaim(dir, claim), 2: () => write(dir, 'agent', '12\n') })),
  ).resolves.toEqual(claim)
})

test('a supervisor of ours that ended without a claim begins nothing, and says when there was no room', async () => {
  const dir = tempDir()
  const rejected = (status: number) => expect(awaitStart(dir, waits(false), () => status)).rejects
  await rejected(74).toMatchObject({ reason: 'disk_full', message: 'the disk is full' })
  for (const status of [75, 1, -1])
    await rejected(status).toMatchObject({ reason: 'spawn_failed', message: /ended before it began/ })
})

test('a supervisor of ours that came too late does not matter: another’s claim counts', async () => {
  const dir = tempDir()
  writeClaim(dir, here())
  write(dir, 'agent', '12\n')
  expect(await awaitStart(dir, waits(false), () => 75)).toEqual(here())
})

test('an agent that found no room for its pid was never begun; one that ends with 74 by itself was', async () => {
  const dir = tempDir()
  writeClaim(dir, gone())
  write(dir, 'exit', '74\n')
  await expect(awaitStart(dir, waits(true))).rejects.toMatchObject({ reason: 'disk_full' })
  write(dir, 'agent', '12\n')
  expect(await awaitStart(dir, waits(true))).toEqual(gone())
})

test('a failed start for want of room is told from any other', () => {
  const failure = (code: string) => toStartError(Object.assign(new Error(`${code}: no`), { code }))
  for (const code of ['ENOSPC', 'EDQUOT'])
    expect(failure(code)).toMatchObject({ reason: 'disk_full', message: `${code}: no` })
  for (const code of ['ENOENT', 'EACCES', 'E2BIG'])
    expect(failure(code)).toMatchObject({ reason: 'spawn_failed', message: `${code}: no` })
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
  for (const content of [`{"format":${RUN_FORMAT - 1}}`, `{"format":${RUN_FORMAT + 1}}`, '{}', '', null]) {
    const dir = tempDir()
    if (content !== null) write(dir, 'run.json', content)
    expect(() => checkAdoptable(dir), String(content)).toThrow(LostError)
  }
  const dir = tempDir()
  write(dir, 'run.json', `{"format":${RUN_FORMAT}}`)
  checkAdoptable(dir)
  writeClaim(dir, here())
  checkAdoptable(dir)
})

test('a run that was abandoned is no start, whatever its format', () => {
  const dir = tempDir()
  abandonRun(dir)
  expect(() => checkAdoptable(dir)).toThrow(StartError)
  write(dir, 'run.json', '{"format":1}')
  expect(() => checkAdoptable(dir)).toThrow(StartError)
})
