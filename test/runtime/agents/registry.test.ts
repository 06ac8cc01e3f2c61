import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { createAgents } from '../../../src/runtime/agents/registry.ts'
import { tempDir } from '../temp-dir.ts'

/** A directory on PATH with these programs in it. */
function bin(...names: string[]): string {
  const dir = tempDir()
  for (const name of names) writeFileSync(join(dir, name), '#!/bin/sh\n', { mode: 0o755 })
  return dir
}

const statusOf = (name: string, options: { claudeBin?: string; path: string }) =>
  createAgents({ claudeBin: 'claude', ...options })
    .list()
    .find((status) => status.name === name)!

test('an agent whose program is on PATH can run, and it is told where that is', () => {
  const dir = bin('claude')
  const path = `${bin()}:${dir}:${bin('claude')}`
  expect(statusOf('claude', { path })).toEqual({
    ...{ name: 'claude', available: true, path: join(dir, 'claude'), reason: null },
  })
})

test('an agent whose program is nowhere cannot run, and it is told why', () => {
  expect(statusOf('claude', { path: bin() })).toEqual({
    ...{ name: 'claude', available: false, path: null },
    reason: 'claude was not found, or is not executable',
  })
})

test('directories, files that cannot be executed and dangling links are no programs', () => {
  const dir = tempDir()
  mkdirSync(join(dir, 'claude'))
  const other = bin('claude')
  chmodSync(join(other, 'claude'), 0o644)
  const third = tempDir()
  symlinkSync('/nowhere', join(third, 'claude'))
  const path = [dir, other, third].join(':')
  expect(statusOf('claude', { path }).available).toBe(false)
  const last = bin('claude')
  expect(statusOf('claude', { path: `${path}:${last}` }).path).toBe(join(last, 'claude'))
})

test('a program that is named by its path is not looked for on PATH', () => {
  const dir = bin('my-claude')
  const claudeBin = join(dir, 'my-claude')
  expect(statusOf('claude', { claudeBin, path: bin() }).path).toBe(claudeBin)
  expect(statusOf('claude', { claudeBin: relative(process.cwd(), claudeBin), path: '' }).path).toBe(claudeBin)
  expect(statusOf('claude', { claudeBin: join(dir, 'missing'), path: dir }).available).toBe(false)
})

test('why an agent cannot run is known when it is asked, not before', () => {
  const dir = bin('bash')
  const agents = createAgents({ claudeBin: 'claude', path: dir })
  const claude = agents.get('claude')!
  expect(agents.whyNot(claude)).toContain('claude was not found')
  expect(agents.defaultName()).toBe('shell')
  writeFileSync(join(dir, 'claude'), '', { mode: 0o755 })
  expect(agents.whyNot(claude)).toBeNull()
  expect(agents.defaultName()).toBe('claude')
})

test('agents are known by their names, and others are not', () => {
  const agents = createAgents({ claudeBin: 'claude', path: '' })
  expect(agents.list().map(({ name }) => name)).toEqual(['claude', 'shell'])
  expect(agents.get('shell')?.name).toBe('shell')
  for (const name of ['', 'Claude', 'toString', '__proto__']) expect(agents.get(name)).toBeUndefined()
})
