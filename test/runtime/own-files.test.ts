import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  makeOwnDirectory,
  makeOwnFile,
  readNamedFile,
  readOwnFile,
  writeOwnFile,
} from '../../src/runtime/own-files.ts'
import { tempDir } from './temp-dir.ts'

const NOBODY = 65_534
const isRoot = process.geteuid!() === 0

const modeOf = (path: string): number => statSync(path).mode & 0o777
/** In each way in which something of ours can be used. */
const waysTo: [string, (path: string) => unknown][] = [
  ['make a directory', makeOwnDirectory],
  ['make a file', makeOwnFile],
  ['read a file', readOwnFile],
]
/** A file, or for `makeOwnDirectory` a directory, that is as it should be. */
function given(use: (path: string) => unknown): string {
  const path = join(tempDir(), 'given')
  if (use === makeOwnDirectory) mkdirSync(path, { mode: 0o700 })
  else writeFileSync(path, 'content', { mode: 0o600 })
  return path
}

test.for(waysTo)('to %s takes what is there already and is its owner’s alone', ([, use]) => {
  const path = given(use)
  use(path)
  if (use !== makeOwnDirectory) expect(readFileSync(path, 'utf8')).toBe('content')
})

test.for(waysTo)('to %s refuses what others may read, write or go into', ([, use]) => {
  const path = given(use)
  for (const bit of [0o040, 0o020, 0o010, 0o004, 0o002, 0o001]) {
    chmodSync(path, 0o700 | bit)
    expect(() => use(path), bit.toString(8)).toThrow(`${path} is open to others`)
  }
})

test.for(waysTo)('to %s follows no link, wherever that leads', ([, use]) => {
  const there = given(use)
  const link = join(tempDir(), 'link')
  symlinkSync(there, link)
  expect(() => use(link)).toThrow(`${link} is a link`)
  const dangling = join(tempDir(), 'dangling')
  symlinkSync(join(tempDir(), 'missing'), dangling)
  expect(() => use(dangling)).toThrow(`${dangling} is a link`)
})

test.for(waysTo)('to %s refuses what is something else', ([, use]) => {
  const other = given(use === makeOwnDirectory ? makeOwnFile : makeOwnDirectory)
  expect(() => use(other)).toThrow(/is no (file|directory)$/)
})

test.runIf(isRoot).for(waysTo)('to %s refuses what belongs to somebody else', ([, use]) => {
  const path = given(use)
  chownSync(path, NOBODY, NOBODY)
  expect(() => use(path)).toThrow(`${path} belongs to another user`)
})

test('what is made is its owner’s alone from the beginning, whatever the umask', () => {
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const dir = join(tempDir(), 'deep', 'er')
  makeOwnDirectory(dir)
  expect([modeOf(dir), modeOf(join(dir, '..'))]).toEqual([0o700, 0o700])
  makeOwnFile(join(dir, 'file'))
  writeOwnFile(join(dir, 'written'), 'x')
  expect([modeOf(join(dir, 'file')), modeOf(join(dir, 'written'))]).toEqual([0o600, 0o600])
})

test('what is written takes the place of what was there, and of a link, which is not followed', () => {
  const dir = tempDir()
  const path = join(dir, 'file')
  const elsewhere = join(tempDir(), 'elsewhere')
  writeFileSync(elsewhere, 'kept')
  for (const name of ['file', 'file.new']) symlinkSync(elsewhere, join(dir, name))
  writeOwnFile(path, 'one')
  writeOwnFile(path, 'two')
  expect(readOwnFile(path)).toBe('two')
  expect(readFileSync(elsewhere, 'utf8')).toBe('kept')
  expect(readdirSync(dir)).toEqual(['file'])
})

test('a file that is not there is none', () => {
  const missing = join(tempDir(), 'missing')
  expect([readOwnFile(missing), readNamedFile(missing)]).toEqual([null, null])
})

test('a directory that nobody can make is an error', () => {
  expect(() => makeOwnDirectory('/proc/nowhere/deeper')).toThrow()
})

test('a file that was named may be a link, and its group’s to read', () => {
  const path = join(tempDir(), 'secret')
  writeFileSync(path, 'content', { mode: 0o640 })
  const link = join(tempDir(), 'link')
  symlinkSync(path, link)
  expect(readNamedFile(link)).toBe('content')
})

test('a file that was named is not everybody’s to read, and nobody else’s to write', () => {
  const path = join(tempDir(), 'secret')
  writeFileSync(path, 'content')
  for (const bit of [0o020, 0o004, 0o002]) {
    chmodSync(path, 0o600 | bit)
    expect(() => readNamedFile(path), bit.toString(8)).toThrow(`${path} is open to others`)
  }
})

/** What `readNamedFile` finds, in a process of its own. */
function readElsewhere(setUp: string, stdin = ''): string {
  const module = join(import.meta.dirname, '../../src/runtime/own-files.ts')
  const script = `import { readNamedFile } from ${JSON.stringify(module)}
    ${setUp}
    process.stdout.write(readNamedFile(path))`
  const node = `'${process.execPath}' --input-type=module-typescript -e "$0"`
  return spawnSync('sh', ['-c', `printf %s "$1" | ${node}`, script, stdin], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).stdout
}

test('what is in a pipe is read like a file', () => {
  expect(readElsewhere(`const path = '/dev/stdin'`, 'piped')).toBe('piped')
})

test.runIf(isRoot)('a file that was named may be root’s or one’s own, and nobody else’s', () => {
  const path = join(tempDir(), 'secret')
  writeFileSync(path, 'content', { mode: 0o600 })
  chownSync(path, NOBODY, NOBODY)
  expect(() => readNamedFile(path)).toThrow(`${path} belongs to another user`)
  chmodSync(dirname(path), 0o711)
  // From there, since the way to it is not everybody's.
  const asNobody = `process.chdir(${JSON.stringify(dirname(path))}); const path = 'secret'
    process.setegid(${NOBODY}); process.seteuid(${NOBODY})`
  expect(readElsewhere(asNobody)).toBe('content')
  chownSync(path, 0, NOBODY)
  chmodSync(path, 0o640)
  expect(readElsewhere(asNobody)).toBe('content')
})
