import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bootId } from '../../../src/runtime/process/boot.ts'
import { makeCgroup } from '../../../src/runtime/process/cgroup.ts'
import { hasVariable, readProcess } from '../../../src/runtime/process/process-table.ts'
import {
  appendInput,
  isClaimed,
  prepareRun,
  readCgroup,
  readClaim,
  readExitStatus,
  readPid,
} from '../../../src/runtime/process/run-directory.ts'
import type { RunOptions } from '../../../src/runtime/process/run-options.ts'
import { spawnShim } from '../../../src/runtime/process/spawn.ts'
import { until } from '../../support/until.ts'
import { mountSmallDisk } from './small-disk.ts'
import { own, runOptions, shimOptions, testCgroup } from './turn.ts'

/** Starts a shim on a run; `exited` is its own exit status, null for a signal. */
async function startShim(options: RunOptions, cgroup: string | null = null) {
  const { dir, launch } = options
  prepareRun(dir, launch)
  const shim = await spawnShim(shimOptions(options, cgroup))
  const exited = once(shim, 'exit').then(([code]) => code as number | null)
  own(shim.pid!)
  return { dir, exited, pid: shim.pid! }
}

const startFixture = (input: string | null, fixture = 'obedient') => startShim(runOptions(fixture, input))

const out = (dir: string): string => readFileSync(join(dir, 'out'), 'utf8')

/** Until the agent has said this. */
const said = (dir: string, text: string) => until(() => expect(out(dir)).toContain(text))

test('of twenty shims that are started at once on one directory, exactly one starts the agent', async () => {
  const options = runOptions('obedient', 'say started\nexit 0\n')
  const shims = await Promise.all(Array.from({ length: 20 }, () => startShim(options)))
  const codes = await Promise.all(shims.map(({ exited }) => exited))
  expect(codes.filter((code) => code === 0)).toHaveLength(1)
  expect(codes.filter((code) => code === 75)).toHaveLength(19)
  expect(out(options.dir)).toBe('started\n')
  expect(readClaim(options.dir)?.pid).toBe(shims[codes.indexOf(0)]!.pid)
})

test('of two shims that are started at once, exactly one starts the agent, twenty times', async () => {
  for (let round = 0; round < 20; round++) {
    const options = runOptions('obedient', 'say started\nexit 0\n')
    const shims = await Promise.all([startShim(options), startShim(options)])
    const codes = await Promise.all(shims.map(({ exited }) => exited))
    expect(codes.sort()).toEqual([0, 75])
    expect(out(options.dir)).toBe('started\n')
  }
})

test('a claim that is there is complete: whoever reads it knows who runs the turn', async () => {
  for (let round = 0; round < 20; round++) {
    const options = runOptions('obedient', 'exit 0\n')
    const { dir, pid, exited } = await startShim(options)
    // Without a pause: the moment between making it and filling it must not be there to be seen.
    while (!isClaimed(dir));
    expect(readClaim(dir)?.pid).toBe(pid)
    await exited
  }
})

test('a disk without room for the claim ends the shim with 74, and nothing was started', async ({ skip }) => {
  const { fill, dir } = mountSmallDisk(skip)
  const options = { ...runOptions('obedient', 'say started\n'), dir }
  prepareRun(options.dir, options.launch)
  fill()
  const { exited } = await startShim(options)
  expect(await exited).toBe(74)
  expect(isClaimed(options.dir)).toBe(false)
  expect(out(options.dir)).toBe('')
})

test('a disk without room for the agent’s pid begins nothing, and the shim says so once there is room', async ({
  skip,
}) => {
  const { fill, free, dir } = mountSmallDisk(skip)
  const options = { ...runOptions('obedient'), dir }
  prepareRun(dir, options.launch)
  // One page is left: for the claim.
  fill(1)
  const { exited } = await startShim(options)
  await until(() => expect(readClaim(dir)).not.toBeNull())
  await until(() => expect(existsSync(join(dir, 'agent'))).toBe(true))
  expect(readExitStatus(dir)).toBeNull()
  free()
  expect(await exited).toBe(0)
  expect(readExitStatus(dir)).toBe(74)
  expect(readPid(dir, 'agent')).toBeNull()
  expect(out(dir)).toBe('')
})

test('the agent is in its cgroup before it is the agent, and the shim is not', async ({ skip }) => {
  const { parent, name, dir: cgroup } = testCgroup(skip)
  makeCgroup(parent, name)
  const options = runOptions('obedient')
  const argv = ['cat', '/proc/self/cgroup']
  const { dir, exited } = await startShim({ ...options, launch: { ...options.launch, argv } }, cgroup)
  await exited
  expect(out(dir)).toMatch(new RegExp(`^0::.*/${name}$`, 'm'))
  expect(readCgroup(dir)).toBe(cgroup)
})

test.for(['/nowhere/at all', ''])(
  'without a cgroup (%j) the agent runs, and none is told',
  async (cgroup) => {
    const { dir, exited } = await startShim(runOptions('obedient', 'say here\nexit 3\n'), cgroup)
    expect(await exited).toBe(0)
    expect(out(dir)).toBe('here\n')
    expect([readExitStatus(dir), readCgroup(dir)]).toEqual([3, null])
    expect(readFileSync(join(dir, 'err'), 'utf8')).toBe('')
  },
)

test('what the shim is known by is not in the agent’s environment, and the mask is the server’s', async () => {
  const options = runOptions('obedient')
  const argv = ['sh', '-c', 'echo "[$BREAKGLASS_SHIM]"; umask']
  const { dir, exited, pid } = await startShim({ ...options, launch: { ...options.launch, argv } })
  expect(hasVariable(pid, 'BREAKGLASS_SHIM')).toBe(true)
  await exited
  const mask = `0${process.umask().toString(8).padStart(3, '0')}`
  expect(out(dir)).toBe(`[]\n${mask}\n`)
})

test('a claim that somebody left behind is respected, even an empty one', async () => {
  const options = runOptions('obedient', 'say started\n')
  prepareRun(options.dir, options.launch)
  writeFileSync(join(options.dir, 'claim'), '')
  const { exited } = await startShim(options)
  expect(await exited).toBe(75)
  expect(out(options.dir)).toBe('')
})

test('the claim names the shim as the process table does', async () => {
  const { dir, pid } = await startFixture('say ready\n')
  await said(dir, 'ready')
  expect(readClaim(dir)).toEqual({
    pid,
    start: readProcess(pid)!.start,
    boot: bootId(),
  })
})

test.for([
  ['exit 0', 0],
  ['exit 7', 7],
  ['exit 255', 255],
  ['die TERM', 128 + 15],
  ['die KILL', 128 + 9],
  ['die INT', 128 + 2],
] as const)('the exit status of an agent that does `%s` is %i', async ([input, status]) => {
  const { dir, exited } = await startFixture(`${input}\n`)
  expect(await exited).toBe(0)
  expect(readExitStatus(dir)).toBe(status)
})

test('a program that is not there leaves the status of sh, and says why', async () => {
  const options = runOptions('obedient')
  const { dir, exited } = await startShim({
    ...options,
    launch: { ...options.launch, argv: ['no-such-program'] },
  })
  await exited
  expect(readExitStatus(dir)).toBe(127)
  expect(readFileSync(join(dir, 'err'), 'utf8')).toContain('no-such-program')
})

test('arguments arrive as they are, whatever they hold', async () => {
  const options = runOptions('obedient')
  const argv = ['printf', '[%s]', '', 'a  b', '*', '$HOME', '`id`', "it's", '"', '-n', 'é\n', '\\']
  const { dir, exited } = await startShim({ ...options, launch: { ...options.launch, argv } })
  await exited
  expect(out(dir)).toBe(
    argv
      .slice(2)
      .map((text) => `[${text}]`)
      .join(''),
  )
})

test('what is appended to `in` reaches the agent, before and after the start', async () => {
  const { dir, exited } = await startFixture('say one\n')
  await said(dir, 'one')
  appendFileSync(join(dir, 'in'), 'say two\nprint thr')
  await said(dir, 'two')
  appendFileSync(join(dir, 'in'), 'ee\nexit 0\n')
  await exited
  expect(out(dir)).toBe('one\ntwo\nthree')
})

test('an input of a megabyte arrives whole', async () => {
  const text = 'x'.repeat(1024 * 1024)
  const { dir, exited } = await startFixture(`say ${text}\nexit 0\n`)
  await exited
  expect(out(dir)).toBe(`${text}\n`)
})

test('killing the feeder is the end of input', async () => {
  const { dir, exited } = await startFixture('say waiting\n')
  await said(dir, 'waiting')
  process.kill(readPid(dir, 'feeder')!, 'SIGTERM')
  expect(await exited).toBe(0)
  expect(readExitStatus(dir)).toBe(0)
})

test('the feeder goes with the agent', async () => {
  const { dir, exited } = await startFixture('exit 0\n')
  await exited
  // A zombie where nobody waits for orphans, as in a container without an init.
  await until(() => expect(readProcess(readPid(dir, 'feeder')!)?.zombie ?? true).toBe(true))
})

test('without `in` the agent’s stdin is empty', async () => {
  const { dir, exited } = await startFixture(null)
  expect(await exited).toBe(0)
  expect(readExitStatus(dir)).toBe(0)
  expect(existsSync(join(dir, 'feeder'))).toBe(false)
})

test('stdout and stderr go to files of their own, and nobody else may read the run', async () => {
  const { dir, exited } = await startFixture('say loud\ncomplain quietly\nexit 0\n')
  await exited
  expect(out(dir)).toBe('loud\n')
  expect(readFileSync(join(dir, 'err'), 'utf8')).toBe('quietly\n')
  for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o077, name).toBe(0)
})

test('the agent leads a session and a group of its own, and the shim another', async () => {
  const { dir, pid } = await startFixture('pids\n')
  await said(dir, 'agent')
  const agent = readPid(dir, 'agent')!
  expect(out(dir)).toBe(`agent ${agent} parent ${pid}\n`)
  expect(readProcess(agent)).toMatchObject({ session: agent, group: agent, parent: pid })
  expect(readProcess(pid)).toMatchObject({ session: pid, group: pid })
})

test('the agent ignores no signal, SIGINT and SIGTERM least of all', async () => {
  const options = runOptions('obedient')
  const argv = ['grep', 'SigIgn', '/proc/self/status']
  const { dir, exited } = await startShim({ ...options, launch: { ...options.launch, argv } })
  await exited
  expect(out(dir)).toBe('SigIgn:\t0000000000000000\n')
})

test('SIGINT to the agent’s group ends the agent', async () => {
  const { dir, exited } = await startFixture('say ready\n')
  await said(dir, 'ready')
  process.kill(-readPid(dir, 'agent')!, 'SIGINT')
  await exited
  expect(readExitStatus(dir)).toBe(130)
})

test.for(['SIGHUP', 'SIGINT', 'SIGTERM'] as const)(
  '%s to the shim neither ends the turn nor spoils its exit status',
  async (signal) => {
    const { dir, exited, pid } = await startFixture('say ready\n')
    await said(dir, 'ready')
    for (let count = 0; count < 3; count++) process.kill(pid, signal)
    appendInput(dir, 'say still here\nexit 9\n')
    expect(await exited).toBe(0)
    expect(out(dir)).toBe('ready\nstill here\n')
    expect(readExitStatus(dir)).toBe(9)
  },
)

test('the marker is in the agent’s environment, and of the server’s own there is nothing', async () => {
  const options = runOptions('obedient', 'show BREAKGLASS_TURN\nshow SECRET\nexit 0\n')
  process.env.SECRET = 'of the server'
  const { dir, exited } = await startShim(options)
  delete process.env.SECRET
  await exited
  expect(out(dir)).toBe(`${options.turnName}\n\n`)
})

test('the agent starts in the workspace', async () => {
  const options = runOptions('obedient')
  const { dir, exited } = await startShim({ ...options, launch: { ...options.launch, argv: ['pwd'] } })
  await exited
  expect(out(dir)).toBe(`${options.cwd}\n`)
})

test('the shim works without setsid', async () => {
  const options = runOptions('obedient', 'say here\nexit 4\n')
  const bin = join(options.cwd, 'bin')
  mkdirSync(bin)
  for (const tool of ['sh', 'bash', 'tail', 'mkfifo', 'ln', 'mv', 'rm', 'sleep'])
    execFileSync('ln', [
      '-s',
      execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(),
      bin,
    ])
  const { dir, exited } = await startShim({ ...options, env: { PATH: bin } })
  await exited
  expect(out(dir)).toBe('here\n')
  expect(readExitStatus(dir)).toBe(4)
})

test('a shim whose directory is removed under it does not stay for ever', async () => {
  const { dir, exited } = await startFixture('say ready\n')
  await said(dir, 'ready')
  const agent = readPid(dir, 'agent')!
  execFileSync('rm', ['-r', dir])
  process.kill(agent, 'SIGTERM')
  expect(await exited).toBe(1)
})
