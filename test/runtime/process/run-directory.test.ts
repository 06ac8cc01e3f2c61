import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as directory from '../../../src/runtime/process/run-directory.ts'
import { tempDir } from '../temp-dir.ts'

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
  expect(JSON.parse(read(dir, 'run.json'))).toEqual({ format: 1, argv: ['agent', '--flag'] })
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

test('old runs go with all their attempts, and this turn’s and what is no run stay', async () => {
  const runs = tempDir()
  for (const name of ['1', '1.1', '2.2', '9', '10', '10.1', '11', 'other'])
    mkdirSync(join(runs, name, 'sub'), { recursive: true })
  await directory.removeOldRuns(runs, 10)
  expect(readdirSync(runs).sort()).toEqual(['10', '10.1', '11', 'other'])
  await directory.removeOldRuns(join(runs, 'missing'), 10)
})
