import { expect, test } from 'vitest'
import { checkBinding } from '../../src/cli/binding.ts'
import { SettingError } from '../../src/cli/settings-table.ts'

const PLAIN = { tlsCert: null, tlsKey: null, tlsSelfSigned: false, behindProxy: [] }
const check = (host: string, more: object = {}) => checkBinding({ host, ...PLAIN, ...more })

test('plain HTTP is spoken on loopback', () => {
  for (const host of ['127.0.0.1', '127.3.2.1', '::1', 'localhost', 'LOCALHOST'])
    expect(() => check(host)).not.toThrow()
})

test.for([
  '0.0.0.0',
  '::',
  '192.0.2.1',
  'box.example',
  '127.evil.example',
  'localhost.evil.example',
  '128.0.0.1',
])('plain HTTP is not spoken on %s, unless TLS or a proxy is named', (host) => {
  expect(() => check(host)).toThrow(SettingError)
  expect(() => check(host)).toThrow(/^BREAKGLASS_HOST: ".*" is not allowed in plain HTTP; it must be /)
  for (const more of [
    { tlsSelfSigned: true },
    { tlsCert: '/c', tlsKey: '/k' },
    { behindProxy: ['192.0.2.9'] },
  ])
    expect(() => check(host, more)).not.toThrow()
})

test('half of a pair of files is no TLS, and two ways to have a certificate are one too many', () => {
  for (const half of [{ tlsCert: '/c' }, { tlsKey: '/k' }])
    expect(() => check('127.0.0.1', half)).toThrow('BREAKGLASS_TLS_CERT, BREAKGLASS_TLS_KEY')
  expect(() => check('127.0.0.1', { tlsCert: '/c', tlsKey: '/k', tlsSelfSigned: true })).toThrow(
    'BREAKGLASS_TLS_SELF_SIGNED: "on"',
  )
})
