import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { findProgram } from '../../src/runtime/find-program.ts'
import { runScript } from './node-script.ts'
import { tempDir } from './temp-dir.ts'

/** A directory with this program in it. */
function bin(name = 'tool', mode = 0o755): string {
  const dir = tempDir()
  writeFileSync(join(dir, name), '#!/bin/sh\n', { mode })
  return dir
}

test('a program is found in the first directory that has it', () => {
  const [first, second] = [bin(), bin()]
  expect(findProgram('tool', [tempDir(), first, second].join(':'))).toBe(join(first, 'tool'))
  expect(findProgram('tool', [second, first].join(':'))).toBe(join(second, 'tool'))
  expect(findProgram('other', [first, second].join(':'))).toBeNull()
})

test('what cannot be executed is passed over', () => {
  const isDirectory = tempDir()
  mkdirSync(join(isDirectory, 'tool'))
  const dangling = tempDir()
  symlinkSync('/nowhere', join(dangling, 'tool'))
  const useless = [isDirectory, dangling, bin('tool', 0o644), '/nowhere', '/dev/null']
  expect(findProgram('tool', useless.join(':'))).toBeNull()
  const last = bin()
  expect(findProgram('tool', [...useless, last].join(':'))).toBe(join(last, 'tool'))
})

test('a link to a program is one', () => {
  const dir = tempDir()
  symlinkSync(join(bin(), 'tool'), join(dir, 'tool'))
  expect(findProgram('tool', dir)).toBe(join(dir, 'tool'))
})

test('a path is looked up nowhere, and is given back whole', () => {
  const dir = bin()
  const path = join(dir, 'tool')
  expect(findProgram(path, '')).toBe(path)
  expect(findProgram(relative(process.cwd(), path), dir)).toBe(path)
  expect(findProgram('./tool', dir)).toBeNull()
  chmodSync(path, 0o644)
  expect(findProgram(path, bin())).toBeNull()
})

test('an empty entry of PATH is the working directory, as for execvp(3)', async () => {
  const file = join(import.meta.dirname, '../../src/runtime/find-program.ts')
  const script = `import { findProgram } from ${JSON.stringify(file)}
    console.log(JSON.stringify(['', ':/nowhere', '/nowhere'].map((path) => findProgram('tool', path))))`
  const { out } = await runScript(script, { cwd: bin() })
  expect(JSON.parse(out)).toEqual(['tool', 'tool', null])
})
