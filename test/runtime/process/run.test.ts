import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { bootId } from '../../../src/runtime/process/boot.ts'
import { cgroupPids } from '../../../src/runtime/process/cgroup.ts'
import { isAlive } from '../../../src/runtime/process/process-table.ts'
import { openRun, type Run } from '../../../src/runtime/process/run.ts'
import {
  abandonRun,
  appendInput,
  outputBytes,
  prepareRun,
  readCgroup,
  readPid,
} from '../../../src/runtime/process/run-directory.ts'
import { LostError, StartError } from '../../../src/runtime/process/shim-health.ts'
import { until } from '../../support/until.ts'
import { mountSmallDisk } from './small-disk.ts'
import { kill, listenTo, openTestRun, runOptions, shimOf, testCgroup, writeClaim } from './turn.ts'

/** Reads from an offset on, and tells the texts and the newest offset; `until` ends it by detaching. */
async function readRun(run: Run, from = 0, until: (text: string) => boolean = () => false) {
  const seen = { texts: [] as string[], offset: from }
  const listener = listenTo(async (lines, offset) => {
    seen.texts.push(...lines.map((line) => line.text))
    seen.offset = offset
    if (lines.some((line) => until(line.text))) run.detach()
  })
  const exit = await run.read(from, listener)
  return { ...seen, exit }
}

test('a run is read to its end, with its exit status and no error', async () => {
  const run = await openTestRun(runOptions('obedient', 'say one\nsay two\nexit 0\n'))
  expect(await readRun(run)).toEqual({
    texts: ['one', 'two'],
    offset: 8,
    exit: { exitCode: 0, signal: null, error: '' },
  })
})

test('a failed agent leaves its status and the end of what it complained of', async () => {
  const run = await openTestRun(runOptions('obedient', 'complain the disk is on fire\nexit 7\n'))
  expect((await readRun(run)).exit).toEqual({ exitCode: 7, signal: null, error: 'the disk is on fire' })
})

test('an agent that a signal ended is told by the signal’s name', async () => {
  const run = await openTestRun(runOptions('obedient', 'die KILL\n'))
  expect((await readRun(run)).exit).toMatchObject({ exitCode: 137, signal: 'SIGKILL' })
})

test('a last line without an end is read too', async () => {
  const run = await openTestRun(runOptions('obedient', 'say one\nprint two\nexit 0\n'))
  expect(await readRun(run)).toMatchObject({ texts: ['one', 'two'], offset: 7 })
})

test('the next lines are not read before the last were dealt with', async () => {
  const options = runOptions('obedient', 'say one\n')
  const run = await openTestRun(options)
  let busy = false
  const texts: string[] = []
  const listener = listenTo(async (lines) => {
    expect(busy).toBe(false)
    busy = true
    texts.push(...lines.map((line) => line.text))
    if (texts.length === 1) appendInput(options.dir, 'say two\nsay three\nexit 0\n')
    await new Promise(setImmediate)
    busy = false
  })
  await run.read(0, listener)
  expect(texts).toEqual(['one', 'two', 'three'])
})

test('of an agent that is fast, the next is read while the last is dealt with, and no more than that', async () => {
  const line = 'x'.repeat(1_000)
  const options = runOptions('obedient', `${`say ${line}\n`.repeat(1_000)}exit 0\n`)
  const run = await openTestRun(options)
  await until(() => expect(existsSync(join(options.dir, 'exit'))).toBe(true))
  const second = Promise.withResolvers<void>()
  let deliveries = 0
  let open = 0
  let openMax = 0
  const texts: string[] = []
  const listener = listenTo(async (lines) => {
    deliveries++
    openMax = Math.max(openMax, ++open)
    texts.push(...lines.map(({ text }) => text))
    if (deliveries === 2) second.resolve()
    await second.promise
    open--
  })
  await run.read(0, listener)
  expect(deliveries).toBeGreaterThan(3)
  expect(openMax).toBe(2)
  expect(open).toBe(0)
  expect(texts).toHaveLength(1_000)
})

test('what a run says while it may not be read comes all at once, and its end with it', async () => {
  const options = runOptions('obedient', 'say one\n')
  const waiting: (() => void)[] = []
  const pace = () => new Promise<void>((resolve) => waiting.push(resolve))
  const run = await openTestRun({ ...options, pace })
  const deliveries: string[][] = []
  const listener = listenTo(async (lines) => void deliveries.push(lines.map(({ text }) => text)))
  const reading = run.read(0, listener)
  await until(() => {
    if (deliveries.length === 0) waiting.shift()?.()
    expect([deliveries.length, waiting.length]).toEqual([1, 1])
  })
  appendInput(options.dir, 'say two\nsay three\nexit 0\n')
  await until(() => expect(existsSync(join(options.dir, 'exit'))).toBe(true))
  expect(deliveries).toEqual([['one']])
  waiting.shift()!()
  expect(await reading).toMatchObject({ exitCode: 0 })
  expect(deliveries).toEqual([['one'], ['two', 'three']])
})

test('a background process that keeps the spool open does not hold up the end', async () => {
  const run = await openTestRun(runOptions('background'))
  expect((await readRun(run)).exit).toMatchObject({ exitCode: 0 })
})

test('the end of input ends an agent that waits for more', async () => {
  const run = await openTestRun(runOptions('obedient', 'say waiting\n'))
  const texts: string[] = []
  const listener = listenTo(async (lines) => {
    texts.push(...lines.map((line) => line.text))
    run.endInput()
  })
  const exit = await run.read(0, listener)
  expect(exit).toEqual({ exitCode: 0, signal: null, error: '' })
  expect(texts).toEqual(['waiting'])
})

test('an interrupt by input is said to the agent', async () => {
  const run = await openTestRun(runOptions('obedient', 'say ready\n'))
  run.interrupt({ input: 'exit 6\n' })
  expect((await readRun(run)).exit).toMatchObject({ exitCode: 6 })
})

test('an interrupt by signal is sent to the agent', async () => {
  const run = await openTestRun(runOptions('obedient', 'say ready\n'))
  const exit = await run.read(
    0,
    listenTo(async () => run.interrupt({ signal: 'SIGINT' })),
  )
  expect(exit).toMatchObject({ signal: 'SIGINT' })
})

test('a run that is adopted at the stored offset loses nothing and doubles nothing', async () => {
  const options = runOptions('obedient', 'say 0\n')
  const seen: string[] = []
  let offset = 0
  for (let server = 0; server < 5; server++) {
    const run = await openTestRun(options)
    appendInput(options.dir, `say ${server}a\nprint ${server}b\nsay ${server}c\n`)
    const part = await readRun(run, offset, (text) => text === `${server}b${server}c`)
    expect(part.exit).toBeNull()
    seen.push(...part.texts)
    offset = part.offset
  }
  appendInput(options.dir, 'say last\nexit 3\n')
  const rest = await readRun(await openTestRun(options), offset)
  expect(rest.exit).toMatchObject({ exitCode: 3 })
  expect([...seen, ...rest.texts]).toEqual([
    '0',
    ...[0, 1, 2, 3, 4].flatMap((server) => [`${server}a`, `${server}b${server}c`]),
    'last',
  ])
})

test('a run that ended while no server looked is read to its end', async () => {
  const options = runOptions('obedient', 'say one\n')
  const first = await openTestRun(options)
  const { offset } = await readRun(first, 0, (text) => text === 'one')
  appendInput(options.dir, 'say two\nexit 5\n')
  await until(() => expect(existsSync(join(options.dir, 'exit'))).toBe(true))
  const second = await openRun(options)
  expect(await readRun(second, offset)).toMatchObject({ texts: ['two'], exit: { exitCode: 5 } })
  second.detach()
})

test('however often and however many at once open it, the agent starts once', async () => {
  const options = runOptions('obedient', 'say started\n')
  await Promise.all(Array.from({ length: 8 }, () => openTestRun(options)))
  const last = await openTestRun(options)
  appendInput(options.dir, 'exit 0\n')
  expect((await readRun(last)).texts).toEqual(['started'])
})

test('a run that was prepared by a server that died before the start is started', async () => {
  const options = runOptions('obedient', 'say ready\nexit 0\n')
  prepareRun(options.dir, options.launch)
  expect((await readRun(await openTestRun(options))).texts).toEqual(['ready'])
})

test('a detached run gives null, and the agent goes on', async () => {
  const options = runOptions('obedient', 'say ready\n')
  const run = await openTestRun(options)
  expect((await readRun(run, 0, () => true)).exit).toBeNull()
  appendInput(options.dir, 'say alive\nexit 0\n')
  expect((await readRun(await openTestRun(options))).texts).toEqual(['ready', 'alive'])
})

test('a shim that is killed takes the exit status with it: the run is lost', async () => {
  const options = runOptions('obedient', 'say ready\n')
  const run = await openTestRun(options)
  const lost = run.read(
    0,
    listenTo(async () => kill(shimOf(options.dir))),
  )
  await expect(lost).rejects.toThrow(LostError)
  await expect(lost).rejects.toMatchObject({ reason: 'lost' })
})

test('what the agent said while its shim was killed is read before the run is lost', async () => {
  const options = runOptions('obedient', 'say ready\n')
  const run = await openTestRun(options)
  const shim = shimOf(options.dir)
  const texts: string[] = []
  const listener = listenTo(async (lines) => {
    texts.push(...lines.map((line) => line.text))
    if (texts.length > 1) return
    kill(shim)
    await until(() => expect(isAlive(shim)).toBe(false))
    appendFileSync(join(options.dir, 'out'), 'last\nwords')
  })
  await expect(run.read(0, listener)).rejects.toThrow(LostError)
  expect(texts).toEqual(['ready', 'last', 'words'])
})

test('what the agent said before its shim was killed is read all the same', async () => {
  const options = runOptions('obedient', 'say ready\n')
  await readRun(await openTestRun(options), 0, () => true)
  kill(shimOf(options.dir))
  const texts: string[] = []
  const adopted = await openTestRun(options)
  const listener = listenTo(async (lines) => void texts.push(...lines.map((line) => line.text)))
  await expect(adopted.read(0, listener)).rejects.toThrow(LostError)
  expect(texts).toEqual(['ready'])
})

test('a status that is written counts, though the shim was killed', async () => {
  const options = runOptions('obedient', 'say ready\nexit 4\n')
  const run = await openTestRun(options)
  await until(() => expect(existsSync(join(options.dir, 'exit'))).toBe(true))
  kill(shimOf(options.dir))
  expect((await readRun(run)).exit).toMatchObject({ exitCode: 4 })
})

test('a workspace that is not there is refused before anything starts', async () => {
  const options = runOptions('obedient', 'say started\n')
  for (const cwd of [join(options.cwd, 'missing'), '/bin/sh'])
    await expect(openRun({ ...options, cwd })).rejects.toThrow(StartError)
  expect(existsSync(options.dir)).toBe(false)
})

test('what the kernel refuses to start is a start error', async () => {
  const options = runOptions('obedient')
  const argv = ['true', 'x'.repeat(4 * 1024 * 1024)]
  const opened = openRun({ ...options, launch: { ...options.launch, argv } })
  await expect(opened).rejects.toThrow(StartError)
  await expect(opened).rejects.toThrow('E2BIG')
})

test('a run of a format that this server does not know is lost, not guessed at', async () => {
  const options = runOptions('obedient', 'say started\n')
  prepareRun(options.dir, options.launch)
  writeClaim(options.dir, { pid: process.pid, start: '1', boot: bootId() })
  writeFileSync(join(options.dir, 'run.json'), '{"format":1}')
  await expect(openRun(options)).rejects.toThrow('format is 1')
  await expect(openRun(options)).rejects.toThrow(LostError)
})

test('a claim of before a restart of the machine means that the turn was interrupted', async () => {
  const options = runOptions('obedient', 'say started\n')
  prepareRun(options.dir, options.launch)
  writeClaim(options.dir, { pid: process.pid, start: '1', boot: 'another-boot' })
  await expect(openRun(options)).rejects.toMatchObject({ reason: 'interrupted' })
  expect(readFileSync(join(options.dir, 'out'), 'utf8')).toBe('')
})

test('a run that was abandoned is not started, before it was prepared or after', async () => {
  const prepared = runOptions('obedient', 'say started\n')
  prepareRun(prepared.dir, prepared.launch)
  const unprepared = runOptions('obedient', 'say started\n')
  for (const options of [prepared, unprepared]) {
    expect(abandonRun(options.dir)).toBe(true)
    await expect(openRun(options)).rejects.toThrow(StartError)
    await expect(openRun(options)).rejects.toThrow('it was stopped before it began')
  }
  expect(readFileSync(join(prepared.dir, 'out'), 'utf8')).toBe('')
  expect(readdirSync(unprepared.dir)).toEqual(['claim'])
})

test('an agent is heard when it says what makes no line, on stdout or stderr', async () => {
  const options = runOptions('obedient', 'say ready\n')
  const run = await openTestRun(options)
  const ways = ['complain quietly\n', 'print half a line\n', 'exit 0\n']
  const onHeard = vi.fn(() => {
    // Each time it is heard it is told what to do next: nothing else would make it go on.
    if (ways.length > 0) appendInput(options.dir, ways.shift()!)
  })
  const ready = async () => {
    if (ways.length === 3) appendInput(options.dir, ways.shift()!)
  }
  expect(await run.read(0, listenTo(ready, { onHeard }))).toMatchObject({ exitCode: 0 })
  // Once for each look that found more than the last one did.
  expect(onHeard.mock.calls.length).toBeGreaterThanOrEqual(2)
  expect(onHeard.mock.calls.length).toBeLessThanOrEqual(3)
})

test('an agent that writes without end is read to its limit, and that it is beyond is told once', async () => {
  const options = runOptions('obedient', `forever ${'x'.repeat(63)}\n`)
  const run = await openTestRun(options)
  const outputBytesMax = 1024 * 1024
  let read = 0
  const onOverflow = vi.fn((_bytes: number) => run.interrupt({ signal: 'SIGINT' }))
  const listener = listenTo(
    async (lines) => {
      for (const line of lines) read += line.bytes + 1
    },
    { outputBytesMax, onOverflow },
  )
  expect(await run.read(0, listener)).toMatchObject({ signal: 'SIGINT' })
  expect(onOverflow).toHaveBeenCalledTimes(1)
  expect(onOverflow.mock.calls[0]![0]).toBeGreaterThan(outputBytesMax)
  expect(read).toBe(outputBytesMax)
  expect(outputBytes(options.dir).out).toBeGreaterThan(outputBytesMax)
})

// It fills the disk on which that cannot be stored.
test('an agent that says too much is told of while what it said before is still being stored', async () => {
  const options = runOptions('obedient', 'say first\n')
  const run = await openTestRun(options)
  const overflowed = Promise.withResolvers<number>()
  let delivered = 0
  const listener = listenTo(
    async () => {
      if (delivered++ > 0) return
      appendInput(options.dir, `say ${'x'.repeat(1_000)}\nexit 0\n`)
      await overflowed.promise
    },
    { outputBytesMax: 500, onOverflow: overflowed.resolve },
  )
  onTestFinished(() => overflowed.resolve(0))
  await run.read(0, listener)
  expect(await overflowed.promise).toBe('first\n'.length + 1_001)
}, 10_000)

test('complaints count as well, and what is just enough is not too much', async () => {
  const overflows: number[] = []
  const read = async (outputBytesMax: number) => {
    const run = await openTestRun(runOptions('obedient', 'say one\ncomplain four\nexit 0\n'))
    const onOverflow = (bytes: number) => void overflows.push(bytes)
    await run.read(
      0,
      listenTo(async () => {}, { outputBytesMax, onOverflow }),
    )
  }
  await read(9)
  expect(overflows).toEqual([])
  await read(8)
  expect(overflows).toEqual([9])
})

test('how the agent left is known before its last words are dealt with', async () => {
  const options = runOptions('obedient', 'say ready\n')
  const run = await openTestRun(options)
  expect(run.exit()).toBeNull()
  appendInput(options.dir, 'complain no disk\nexit 5\n')
  await until(() => expect(run.exit()).toEqual({ exitCode: 5, signal: null, error: 'no disk' }))
})

test('a run has a cgroup where one can be made, and does without where it cannot', async ({ skip }) => {
  const input = 'say ready\nexit 0\n'
  const without = { ...runOptions('obedient', input), cgroup: { parent: '/dev/null', name: 'x' } }
  expect(await readRun(await openTestRun(without))).toMatchObject({ texts: ['ready'], exit: { exitCode: 0 } })
  expect(readCgroup(without.dir)).toBeNull()
  const { parent, name, dir } = testCgroup(skip)
  const options = { ...runOptions('obedient', 'say ready\n'), cgroup: { parent, name } }
  const run = await openTestRun(options)
  expect(readCgroup(options.dir)).toBe(dir)
  expect(cgroupPids(dir)).toEqual([readPid(options.dir, 'agent')])
  run.endInput()
  await readRun(run)
})

test('a start comes to its instants: before there is a supervisor, and after; going on with it to none', async () => {
  const points: string[] = []
  const options = runOptions('obedient', 'say ready\n')
  const failPoint = (point: string) => {
    const files = readdirSync(options.dir)
    points.push(`${point} ${files.includes('run.json') ? 'prepared' : ''}`)
    if (point === 'before-spawn') expect(files).not.toContain('claim')
  }
  await openTestRun({ ...options, failPoint })
  expect(points).toEqual(['before-spawn prepared', 'after-spawn prepared'])
  await openTestRun({ ...options, failPoint })
  expect(points).toHaveLength(2)
})

test('a disk without room is why a run does not start, whoever comes to its end first', async ({ skip }) => {
  const { dir, fill, free } = mountSmallDisk(skip)
  const options = { ...runOptions('obedient', 'say ready\nexit 0\n'), dir }
  fill()
  await expect(openRun(options)).rejects.toMatchObject({ name: 'Error', reason: 'disk_full' })
  expect(existsSync(dir)).toBe(false)
  free()
  prepareRun(dir, options.launch)
  fill()
  await expect(openRun(options)).rejects.toMatchObject({ reason: 'disk_full' })
  free()
  expect((await readRun(await openTestRun(options))).texts).toEqual(['ready'])
})
