import { expect, test } from 'vitest'
import type { GateSettings, RequestFacts } from '../../../src/http/gates/facts.ts'
import { refusalOf } from '../../../src/http/gates/gates.ts'

/** A change, as a page of this server asks for it. */
const OWN: RequestFacts = {
  ...{ method: 'POST', target: '/api/sessions', hosts: 1, host: 'localhost:7433', protocol: 'http' },
  ...{ origin: 'http://localhost:7433', fetchSite: 'same-origin', marker: '1', bearer: null },
  ...{ peerAddress: '127.0.0.1', localAddress: '127.0.0.1' },
}
const ALONE: GateSettings = { allowedHosts: [], behindProxy: [] }

const ask = (facts: Partial<RequestFacts>, settings: Partial<GateSettings> = {}) =>
  refusalOf({ ...OWN, ...facts }, { ...ALONE, ...settings })

/** A program: no browser, and so neither an Origin nor Fetch Metadata. */
const program = { origin: undefined, fetchSite: undefined, marker: undefined }

test('a page of this server passes, and so does a program with a Bearer token', () => {
  expect(ask({})).toBeNull()
  expect(ask({ ...program, bearer: 'valid' })).toBeNull()
  expect(ask({ ...program, method: 'GET' })).toBeNull()
})

test('the first gate that is shut says why', () => {
  const evil: Partial<RequestFacts> = {
    ...{ peerAddress: '192.0.2.9', host: 'evil.example', origin: 'http://other.example' },
    ...{ fetchSite: 'cross-site', marker: undefined },
  }
  const proxied = { behindProxy: ['192.0.2.1'] }
  expect(ask(evil, proxied)).toBe('proxy_only')
  expect(ask({ ...evil, peerAddress: '192.0.2.1' }, proxied)).toBe('host_not_allowed')
  expect(ask({ ...evil, host: OWN.host })).toBe('origin_not_allowed')
  expect(ask({ ...evil, host: OWN.host, origin: OWN.origin })).toBe('cross_site')
  expect(ask({ ...evil, host: OWN.host, origin: OWN.origin, fetchSite: 'none' })).toBe('header_missing')
})

const withHost = (host: string, settings: Partial<GateSettings> = {}, facts: Partial<RequestFacts> = {}) =>
  ask({ host, origin: undefined, ...facts }, settings)

test.for(['localhost', 'localhost:1', '127.0.0.1:7433', '[::1]', '[::1]:8080'])(
  '%s is a name of every server, with the port that a tunnel has given it',
  (host) => {
    expect(withHost(host)).toBeNull()
  },
)

test('the address that the connection came in at is a name of the server, and its neighbour’s is not', () => {
  expect(withHost('192.0.2.7:7433', {}, { localAddress: '192.0.2.7' })).toBeNull()
  expect(withHost('192.0.2.8:7433', {}, { localAddress: '192.0.2.7' })).toBe('host_not_allowed')
  expect(withHost('[fd00::2]:7433', {}, { localAddress: 'fd00::2' })).toBeNull()
  expect(withHost('[fd00::3]:7433', {}, { localAddress: 'fd00::2' })).toBe('host_not_allowed')
})

test('a configured name is one with any port, or with the one that it was configured with', () => {
  const settings = { allowedHosts: ['box.example', 'shell.example:8443'] }
  for (const host of ['box.example', 'box.example:1', 'shell.example:8443'])
    expect(withHost(host, settings)).toBeNull()
  for (const host of ['shell.example', 'shell.example:443', 'x.box.example', 'box.example.evil.com'])
    expect(withHost(host, settings)).toBe('host_not_allowed')
})

test.for([
  ...['', ' ', 'evil.example', 'localhost.', '127.0.0.1.', 'localhost.evil.example', 'evil-localhost'],
  ...['localhost:', 'localhost:x', 'localhost:123456', 'localhost:1:2', 'user@localhost', 'localhost/evil'],
  ...['localhost,evil.example', 'localhost evil.example', '127.1', '2130706433', '0x7f.1', '[::1', '::1'],
  ...['[::ffff:127.0.0.1]', '[0:0:0:0:0:0:0:1]', 'ⓛocalhost'],
])('"%s" is no name of it', (host) => {
  expect(withHost(host)).toBe('host_not_allowed')
})

test('no Host and two of them are refused, and so is a target that is no path', () => {
  for (const hosts of [0, 2]) expect(ask({ hosts })).toBe('host_not_allowed')
  for (const target of ['', '*', 'http://localhost:7433/', 'localhost:7433', 'healthz'])
    expect(ask({ target })).toBe('host_not_allowed')
})

test.for([
  ...[
    'null',
    '',
    'http://localhost',
    'http://localhost:7434',
    'https://localhost:7433',
    'http://evil.example',
  ],
  ...[
    'http://localhost:7433.evil.com',
    'http://localhost:7433/',
    'http://localhost:7433, http://localhost:7433',
  ],
  ...['HTTP://localhost:7433', 'http://user@localhost:7433', 'http://127.0.0.1:7433'],
])('the origin "%s" is refused, whatever else comes with it', (origin) => {
  expect(ask({ origin })).toBe('origin_not_allowed')
  expect(ask({ origin, bearer: 'valid' })).toBe('origin_not_allowed')
  expect(ask({ origin, method: 'GET', fetchSite: undefined })).toBe('origin_not_allowed')
})

test.for(['cross-site', 'same-site', '', 'Same-Origin', 'none, none', 'null'])(
  'what is fetched "%s" is refused, whatever else comes with it',
  (fetchSite) => {
    expect(ask({ fetchSite })).toBe('cross_site')
    expect(ask({ fetchSite, bearer: 'valid' })).toBe('cross_site')
    expect(ask({ fetchSite, method: 'GET', origin: undefined })).toBe('cross_site')
  },
)

test('a change without a Bearer token says where it comes from, and carries our header', () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'TRACE']) {
    expect(ask({ method })).toBeNull()
    expect(ask({ method, origin: undefined })).toBeNull()
    expect(ask({ method, fetchSite: undefined })).toBeNull()
    expect(ask({ method, origin: undefined, fetchSite: undefined })).toBe('header_missing')
    for (const marker of [undefined, '', '0', '1, 1', 'true'])
      expect(ask({ method, marker })).toBe('header_missing')
  }
})

test('a Bearer token that is wrong opens no gate, and its sender hears that it is', () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'TRACE'])
    expect(ask({ ...program, method, bearer: 'wrong' })).toBe('unauthorized')
  expect(ask({ bearer: 'wrong' })).toBeNull()
})

test('behind a proxy it and this machine are asked by, and nobody else', () => {
  const behind = { behindProxy: ['192.0.2.1', 'fd00::1'] }
  for (const peerAddress of ['192.0.2.1', 'fd00::1', '127.0.0.1', '127.8.8.8', '::1'])
    expect(ask({ peerAddress }, behind)).toBeNull()
  for (const peerAddress of ['192.0.2.2', '192.0.2.10', 'fd00::2', ''])
    expect(ask({ peerAddress }, behind)).toBe('proxy_only')
  expect(ask({ peerAddress: '192.0.2.2' })).toBeNull()
})
