import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createBearerCheck, loadToken } from '../../src/http/token.ts'
import { tempDir } from '../runtime/temp-dir.ts'

test('a first start makes a token that is hard to guess, for its owner alone', () => {
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const file = join(tempDir(), 'token')
  const token = loadToken(file)
  expect(token).toMatch(/^[\w-]{43}$/)
  expect(readFileSync(file, 'utf8')).toBe(`${token}\n`)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('later starts find the same token, and other servers have others', () => {
  const file = join(tempDir(), 'token')
  const token = loadToken(file)
  expect(loadToken(file)).toBe(token)
  expect(loadToken(join(tempDir(), 'token'))).not.toBe(token)
})

test('a token that the operator wrote is used, without the space around it', () => {
  const file = join(tempDir(), 'token')
  writeFileSync(file, '  my-token \n')
  expect(loadToken(file)).toBe('my-token')
})

test('an empty file is an error: no token would let everybody in or nobody', () => {
  const file = join(tempDir(), 'token')
  writeFileSync(file, ' \n')
  expect(() => loadToken(file)).toThrow('holds no token')
  expect(readFileSync(file, 'utf8')).toBe(' \n')
})

test('a file that cannot be read or made is an error', () => {
  const dir = tempDir()
  expect(() => loadToken(dir)).toThrow('EISDIR')
  expect(() => loadToken(join(dir, 'missing', 'token'))).toThrow('ENOENT')
})

test('the right token is accepted, under any case of the scheme', () => {
  const check = createBearerCheck('right')
  for (const header of ['Bearer right', 'bearer right', 'BEARER right']) expect(check(header)).toBe(true)
})

test('no other header is accepted, and none makes the check throw, whatever its length', () => {
  const check = createBearerCheck('right')
  const wrong = [
    '',
    'Bearer',
    'Bearer ',
    'Bearer r',
    'Bearer righ',
    'Bearer rightt',
    'Bearer RIGHT',
    'right',
    'Basic right',
  ]
  const odd = [
    'Bearer  right',
    ' Bearer right',
    'Bearer right ',
    'Bearer right right',
    'Bearer right\n',
    'Bearer rïght',
  ]
  for (const header of [undefined, ...wrong, ...odd, `Bearer ${'x'.repeat(100_000)}`])
    expect(check(header), String(header).slice(0, 40)).toBe(false)
})
