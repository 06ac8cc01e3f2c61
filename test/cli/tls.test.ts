import { X509Certificate } from 'node:crypto'
import { chmodSync, readFileSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadTls, selfSignedPath } from '../../src/cli/tls.ts'
import { tempDir } from '../runtime/temp-dir.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const DAY_MS = 24 * 60 * 60 * 1_000
const days = (count: number): Date => new Date(NOW.getTime() + count * DAY_MS)

const settings = (dataDir: string, more: object = {}) => ({
  ...{ dataDir, host: '127.0.0.1', allowedHosts: [] },
  ...{ tlsCert: null, tlsKey: null, tlsSelfSigned: false, ...more },
})
const selfSigned = (dataDir: string, now = NOW, more: object = {}) =>
  loadTls(settings(dataDir, { tlsSelfSigned: true, ...more }), now)

test('without a certificate there is no TLS', async () => {
  expect(await loadTls(settings(tempDir()), NOW)).toBeNull()
})

test('a certificate of its own names this machine and what was configured, for 825 days', async () => {
  const tls = (await selfSigned(tempDir(), NOW, { allowedHosts: ['box.example:8443', '[fd00::7]'] }))!
  const certificate = new X509Certificate(tls.cert)
  for (const name of ['localhost', 'box.example']) expect(certificate.checkHost(name)).toBe(name)
  for (const address of ['127.0.0.1', '::1', 'fd00::7'])
    expect(certificate.checkIP(address), address).toBeDefined()
  expect(certificate.checkHost('evil.example')).toBeUndefined()
  expect(certificate.ca).toBe(false)
  expect(Date.parse(certificate.validTo) - NOW.getTime()).toBe(825 * DAY_MS)
})

test('it lies in the data directory, for its owner alone', async () => {
  const dir = tempDir()
  const tls = (await selfSigned(dir))!
  for (const name of ['tls-cert.pem', 'tls-key.pem'])
    expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
  expect(readFileSync(selfSignedPath(dir), 'utf8')).toBe(tls.cert)
})

test('it is kept, until it is about to run out', async () => {
  const dir = tempDir()
  const first = await selfSigned(dir)
  expect(await selfSigned(dir, days(794))).toEqual(first)
  expect(await selfSigned(dir, days(796))).not.toEqual(first)
})

test('one whose key was lost, or is another’s, is made anew', async () => {
  const dir = tempDir()
  const first = (await selfSigned(dir))!
  writeFileSync(join(dir, 'tls-key.pem'), (await selfSigned(tempDir()))!.key)
  expect(await selfSigned(dir)).not.toEqual(first)
  writeFileSync(join(dir, 'tls-key.pem'), '')
  expect((await selfSigned(dir))!.key).not.toBe('')
})

test('a key that others could have read, or that is a link, is refused and stays as it is', async () => {
  const dir = tempDir()
  const path = join(dir, 'tls-key.pem')
  const { key } = (await selfSigned(dir))!
  chmodSync(path, 0o644)
  await expect(selfSigned(dir)).rejects.toThrow(`${path} is open to others`)
  expect(readFileSync(path, 'utf8')).toBe(key)
  renameSync(path, join(dir, 'elsewhere'))
  symlinkSync(join(dir, 'elsewhere'), path)
  await expect(selfSigned(dir)).rejects.toThrow(`${path} is a link`)
})

test('a pair of files is taken as it is, and one that does not belong together is refused', async () => {
  const [one, other] = [tempDir(), tempDir()]
  const tls = await selfSigned(one)
  await selfSigned(other)
  const files = (cert: string, key: string) =>
    settings(tempDir(), { tlsCert: join(cert, 'tls-cert.pem'), tlsKey: join(key, 'tls-key.pem') })
  expect(await loadTls(files(one, one), NOW)).toEqual(tls)
  await expect(loadTls(files(one, other), NOW)).rejects.toThrow(/^BREAKGLASS_TLS_KEY: .* must be the key of /)
  await expect(loadTls(files('/nowhere', one), NOW)).rejects.toThrow(/^BREAKGLASS_TLS_CERT: .*ENOENT/)
  await expect(loadTls(files(one, '/nowhere'), NOW)).rejects.toThrow(/^BREAKGLASS_TLS_KEY: .*not there/)
  chmodSync(join(one, 'tls-key.pem'), 0o644)
  await expect(loadTls(files(one, one), NOW)).rejects.toThrow(/^BREAKGLASS_TLS_KEY: .*open to others/)
})
