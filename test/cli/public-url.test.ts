import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { publicUrlOf } from '../../src/cli/public-url.ts'

const settings = { host: '0.0.0.0', port: 7433, publicUrl: null, tlsCert: null, tlsSelfSigned: true }
const address = (family: string, text: string, internal = false) =>
  ({ family, address: text, internal }) as NetworkInterfaceInfo
const interfaces = {
  lo: [address('IPv4', '127.0.0.1', true)],
  eth0: [address('IPv6', 'fe80::1'), address('IPv4', '192.0.2.7')],
}

test('what the operator says is how phones come here', () => {
  const publicUrl = 'https://breakglass.example'
  expect(publicUrlOf({ ...settings, publicUrl }, interfaces)).toBe(publicUrl)
})

test('a server at all addresses is reached at the first that others see', () => {
  expect(publicUrlOf(settings, interfaces)).toBe('https://192.0.2.7:7433')
  expect(publicUrlOf({ ...settings, host: '::', tlsSelfSigned: false }, interfaces)).toBe(
    'http://192.0.2.7:7433',
  )
})

test('a server at one address, or at none that others see, is reached as it is asked', () => {
  expect(publicUrlOf({ ...settings, host: '192.0.2.7' }, interfaces)).toBeNull()
  expect(publicUrlOf(settings, { lo: interfaces.lo })).toBeNull()
})
