import { once } from 'node:events'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as directory from '../../../src/runtime/process/run-directory.ts'
import { spawnShim } from '../../../src/runtime/process/spawn.ts'
import { tempDir } from '../temp-dir.ts'
import { own, runOptions, shimOptions } from './turn.ts'

const launch = { argv: ['agent', '--flag'], input: 'hello\n', files: { script: 'echo hi' } }
const read = (dir: string, name: string) => readFileSync(join(dir, name), 'utf8')
const withFile = (name: string, content: string): string => {
  const dir = tempDir()
  writeFileSync(join(dir, name), content)
  return dir
}

test('a prepared run holds all that the shim and the agent need, for its owner alone', () => {
  const dir = join(tempDir(), 'runs', '1')
  directory.prepareRun(dir, launch)
  expect(readdirSync(dir).sort()).toEqual(['err', 'in', 'out', 'run.json', 'script'])
  expect([read(dir, 'in'), read(dir, 'out'), read(dir, 'err'), read(dir, 'script')]).toEqual([
    'hello\n',
    '',
    '',
    'echo hi',
  ])
  expect(JSON.parse(read(dir, 'run.json'))).toEqual({
    format: directory.RUN_FORMAT,
    argv: ['agent', '--flag'],
  })
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
})

test('an agent without input has no `in` file', () => {
  const dir = join(tempDir(), '1')
  directory.prepareRun(dir, { ...launch, input: null })
  expect(existsSync(join(dir, 'in'))).toBe(false)
})

test('a complete run is left as it is when it is prepared again', () => {
  const dir = join(tempDir(), '1')
  directory.prepareRun(dir, launch)
  writeFileSync(join(dir, 'out'), 'said already\n')
  directory.prepareRun(dir, { ...launch, input: 'other' })
  expect([read(dir, 'out'), read(dir, 'in')]).toEqual(['said already\n', 'hello\n'])
})

test('what a crash left half prepared is made anew', () => {
  const dir = join(tempDir(), '1')
  mkdirSync(dir)
  writeFileSync(join(dir, 'in'), 'hel')
  writeFileSync(join(dir, 'run.json.new'), '{"form')
  directory.prepareRun(dir, launch)
  expect(read(dir, 'in')).toBe('hello\n')
  expect(directory.runFormat(dir)).toBe(directory.RUN_FORMAT)
})

test('the format is null without a run, and not a number when it cannot be told', () => {
  expect(directory.runFormat(join(tempDir(), 'missing'))).toBeNull()
  for (const content of ['', '{"for', '{}', '{"format":"new"}', '[]', 'null'])
    expect(directory.runFormat(withFile('run.json', content)), content).toBeNaN()
  expect(directory.runFormat(withFile('run.json', '{"format":2}'))).toBe(2)
})

test('a claim that is empty, torn or foreign names nobody, but the run is claimed', () => {
  for (const content of [
    '',
    '123',
    '123 4567 b',
    '123 \n',
    '-1 2 3\n',
    '1 2 3 4\n',
    'x 2 boot\n',
    '1 2 3\n\n',
  ]) {
    const dir = withFile('claim', content)
    expect(directory.readClaim(dir), JSON.stringify(content)).toBeNull()
    expect(directory.isClaimed(dir)).toBe(true)
  }
  expect(directory.isClaimed(tempDir())).toBe(false)
})

test('a whole claim names the shim by pid, start and boot', () => {
  expect(directory.readClaim(withFile('claim', '12 345 b-o-o-t\n'))).toEqual({
    pid: 12,
    start: '345',
    boot: 'b-o-o-t',
  })
  expect(directory.readClaim(withFile('claim', '12 - -\n'))).toEqual({ pid: 12, start: '-', boot: '-' })
})

test('pids and the exit status are read whole or not at all', () => {
  for (const content of ['', '12', 'x\n', '1 2\n', '-1\n']) {
    expect(directory.readPid(withFile('agent', content), 'agent'), content).toBeNull()
    expect(directory.readExitStatus(withFile('exit', content)), content).toBeNull()
  }
  expect(directory.readPid(withFile('feeder', '12\n'), 'feeder')).toBe(12)
  expect(directory.readExitStatus(withFile('exit', '0\n'))).toBe(0)
  expect(directory.readExitStatus(withFile('exit', '137\n'))).toBe(137)
  expect(directory.readExitStatus(withFile('exit.new', '0\n'))).toBeNull()
})

test('the end of stderr is trimmed, and cut at its beginning', () => {
  expect(directory.readStderrEnd(withFile('err', '  first\nlast words\n\n'), 10)).toBe('last words')
  expect(directory.readStderrEnd(withFile('err', `${'日'.repeat(1_000)}end\n`), 5)).toBe('日日end')
  expect(directory.readStderrEnd(withFile('err', ''), 10)).toBe('')
  expect(directory.readStderrEnd(tempDir(), 10)).toBe('')
})

test('input is appended behind what was said before', () => {
  const dir = withFile('in', 'one\n')
  directory.appendInput(dir, 'two\n')
  expect(read(dir, 'in')).toBe('one\ntwo\n')
})

test('input is a line of its own, even behind what a full disk has cut', () => {
  const dir = withFile('in', 'one\n{"cut')
  directory.appendInput(dir, 'two\n')
  expect(read(dir, 'in')).toBe('one\n{"cut\ntwo\n')
  const empty = withFile('in', '')
  directory.appendInput(empty, 'two\n')
  expect(read(empty, 'in')).toBe('two\n')
})

test('input is written at its place, and once more does no harm', () => {
  const dir = withFile('in', 'one\n')
  for (let time = 0; time < 2; time++) directory.writeInput(dir, { at: 4, text: 'zwö\n' })
  expect(read(dir, 'in')).toBe('one\nzwö\n')
})

test('what was never prepared and what was can be abandoned, and that takes no room', () => {
  const unprepared = join(tempDir(), 'runs', '1')
  const prepared = join(tempDir(), '1')
  directory.prepareRun(prepared, launch)
  for (const dir of [unprepared, prepared]) {
    expect(directory.isAbandoned(dir)).toBe(false)
    expect(directory.abandonRun(dir)).toBe(true)
    expect(directory.isAbandoned(dir)).toBe(true)
    expect(directory.isClaimed(dir)).toBe(true)
    expect(directory.readClaim(dir)).toBeNull()
    expect(lstatSync(join(dir, 'claim')).blocks).toBe(0)
    // As often as one asks.
    expect(directory.abandonRun(dir)).toBe(true)
  }
  expect(statSync(unprepared).mode & 0o777).toBe(0o700)
})

test('what somebody runs, or has run, is not to be abandoned', () => {
  const dir = withFile('claim', '12 345 boot\n')
  expect(directory.abandonRun(dir)).toBe(false)
  expect(directory.isAbandoned(dir)).toBe(false)
  expect(read(dir, 'claim')).toBe('12 345 boot\n')
})

test('a failed preparation leaves nothing behind: on a full disk, room is what is needed', () => {
  const dir = join(tempDir(), '1')
  expect(() => directory.prepareRun(dir, { ...launch, files: { 'no/such/place': '' } })).toThrow('ENOENT')
  expect(existsSync(dir)).toBe(false)
  directory.prepareRun(dir, launch)
  expect(directory.runFormat(dir)).toBe(directory.RUN_FORMAT)
})

test('the cgroup is read once the agent is in it', () => {
  expect(directory.readCgroup(tempDir())).toBeNull()
  expect(directory.readCgroup(withFile('cgroup', ''))).toBeNull()
  expect(directory.readCgroup(withFile('cgroup', '/sys/fs/cgroup/a b\n'))).toBe('/sys/fs/cgroup/a b')
})

test('what was said is counted on stdout and on stderr, written or not', () => {
  const dir = withFile('out', 'four')
  expect(directory.outputBytes(dir)).toEqual({ out: 4, err: 0 })
  writeFileSync(join(dir, 'err'), 'é')
  expect(directory.outputBytes(dir)).toEqual({ out: 4, err: 2 })
})

// Both are quick: only many races meet in the middle of each other.
test('of a shim that starts and a server that abandons, exactly one wins, fifty times', {
  timeout: 120_000,
}, async () => {
  const won = { shim: 0, server: 0 }
  for (let race = 0; race < 50; race++) {
    const options = runOptions('obedient', 'say ran\nexit 0\n')
    const { dir } = options
    directory.prepareRun(dir, options.launch)
    const shim = await spawnShim(shimOptions(options))
    own(shim.pid!)
    const exited = once(shim, 'exit')
    const spin = performance.now() + delayOf(race, won)
    while (performance.now() < spin && !directory.isClaimed(dir));
    const isAbandoned = directory.abandonRun(dir)
    const [code] = await exited
    won[isAbandoned ? 'server' : 'shim']++
    expect({ code, out: read(dir, 'out'), isAbandoned: directory.isAbandoned(dir) }).toEqual(
      isAbandoned ? { code: 75, out: '', isAbandoned } : { code: 0, out: 'ran\n', isAbandoned },
    )
    expect(directory.readExitStatus(dir)).toBe(isAbandoned ? null : 0)
  }
  // They have met: who wins is not always the same.
  expect(won.shim).toBeGreaterThan(0)
  expect(won.server).toBeGreaterThan(0)
})

/** Later and later while the server wins, and earlier while the shim does: near to where they meet. */
let delayMs = 2
function delayOf(race: number, won: { shim: number; server: number }): number {
  if (race > 0) delayMs *= won.shim > race / 2 ? 0.8 : 1.25
  return delayMs
}
