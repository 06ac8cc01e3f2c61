import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
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

const OWN = 'x'.repeat(32)

test('a token that the operator wrote is used, without the space around it', () => {
  const file = join(tempDir(), 'token')
  writeFileSync(file, `  ${OWN} \n`, { mode: 0o600 })
  expect(loadToken(file)).toBe(OWN)
})

test.for([
  ['nothing, which would let everybody in or nobody', ' \n'],
  ['what could be guessed', OWN.slice(1)],
  ['what no header can carry', `${OWN} ${OWN}`],
])('a file with %s is an error, and stays as it is', ([, content]) => {
  const file = join(tempDir(), 'token')
  writeFileSync(file, content!, { mode: 0o600 })
  expect(() => loadToken(file)).toThrow(`${file} holds no token: 32 or more characters`)
  expect(readFileSync(file, 'utf8')).toBe(content)
})

test('one that others could have read is an error, and so is a link, unless the operator says where it leads', () => {
  const file = join(tempDir(), 'token')
  writeFileSync(file, OWN, { mode: 0o644 })
  for (const isNamed of [false, true]) expect(() => loadToken(file, { isNamed })).toThrow('open to others')
  chmodSync(file, 0o600)
  const link = join(tempDir(), 'token')
  symlinkSync(file, link)
  expect(() => loadToken(link)).toThrow('is a link')
  expect(loadToken(link, { isNamed: true })).toBe(OWN)
})

test('a file that cannot be read or made is an error', () => {
  const dir = tempDir()
  expect(() => loadToken(dir)).toThrow('is no file')
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
