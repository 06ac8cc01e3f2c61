/**
 * Every route × every way to come without leave. The routes are those that the server registers, so none can be left
 * out; the ways are rows of the tables below.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from '../../src/cli/settings.ts'
import { createServer } from '../../src/http/server.ts'
import { createSqliteAccessStore } from '../../src/runtime/access/sqlite-access-store.ts'
import { openDatabase } from '../../src/runtime/log/sqlite-database.ts'
import { openRuntime, type Runtime } from '../../src/runtime/runtime.ts'
import { exchange, loopback } from '../support/raw-request.ts'

const TOKEN = 'the-token-of-the-matrix'
const BEARER = `Authorization: Bearer ${TOKEN}`

/** Answered without a credential. Whoever adds to these has thought about it. */
const PUBLIC: Record<string, number> = {
  'GET /healthz': 200,
  // It wants a code.
  'POST /api/login': 400,
  'GET /pair': 200,
  'GET /assets/pair.css': 200,
  'GET /assets/pair.js': 200,
  // Asked for without a cookie, by whatever installs the page.
  'GET /manifest.webmanifest': 200,
  'GET /icons/icon.svg': 200,
  'GET /icons/icon-180.png': 200,
  'GET /icons/icon-192.png': 200,
  'GET /icons/icon-512.png': 200,
}

/** Secrets of devices that were in once. */
const GONE = { expired: 'e'.repeat(43), revoked: 'r'.repeat(43) }

/** What stands for a parameter. A route with another one is not in the matrix until it is here. */
const PARAMETERS: Record<string, string> = {
  ':id': '6f2c1c1e-0000-4000-8000-000000000000',
  ':approvalId': 'a',
  ':promptId': '6f2c1c1e-0000-4000-8000-000000000001',
  '*': 'index.css',
}

type Route = { method: string; path: string; name: string; more?: string[] }

/** What is no route, or more than one: the router's own refusals, and streams. */
const BESIDE: Route[] = [
  { method: 'GET', path: '/nowhere', name: 'GET of nothing' },
  { method: 'POST', path: '/nowhere', name: 'POST to nothing' },
  { method: 'GET', path: '/api/sessions/%zz', name: 'GET of what cannot be decoded' },
  { method: 'GET', path: `/api/sessions/${'a'.repeat(500)}`, name: 'GET of a long parameter' },
  {
    ...{ method: 'GET', path: `/api/sessions/${PARAMETERS[':id']}/events`, name: 'GET of a stream' },
    more: ['Accept: text/event-stream'],
  },
]

/** It is opened, and then never ends: for those who may not come in. */
const LOBBY: Route = {
  ...{ method: 'GET', path: '/api/events', name: 'GET of the lobby' },
  more: ['Accept: text/event-stream'],
}

const dataDir = mkdtempSync(join(tmpdir(), 'breakglass-test-'))
const routes: Route[] = []
let runtime: Runtime
let app: Awaited<ReturnType<typeof createServer>>
let port: number
let sent = 0

beforeAll(async () => {
  const config = join(dataDir, 'config.json')
  writeFileSync(config, '{}')
  const settings = readSettings(['--config', config, '--data-dir', dataDir], {})
  await pairDevices(dataDir)
  runtime = await openRuntime({ ...settings, environment: process.env, onFault: () => {} })
  await runtime.access.devices.revoke('revoked')
  app = await createServer({
    ...{ runtime, token: TOKEN, version: '0', keepaliveMs: 60_000, logger: false },
    onRoute: ({ method, url }) => {
      const path = url.replace(/:\w+|\*/g, (name) => PARAMETERS[name] ?? `(nothing stands for ${name})`)
      for (const one of [method].flat()) routes.push({ method: one, path, name: `${one} ${url}` })
    },
  })
  await app.listen({ port: 0 })
  port = (app.server.address() as AddressInfo).port
})
afterAll(async () => {
  await app.close()
  await runtime.close()
  rmSync(dataDir, { recursive: true })
  process.stdout.write(`auth matrix: ${routes.length} routes, ${sent} requests\n`)
})

/** One that has expired since, and one to be revoked. */
async function pairDevices(dir: string): Promise<void> {
  const db = openDatabase(dir)
  const store = createSqliteAccessStore(db)
  for (const [id, secret] of Object.entries(GONE)) {
    const secretHash = createHash('sha256').update(secret).digest('base64url')
    const at = id === 'expired' ? '2020-01-01T00:00:00.000Z' : new Date().toISOString()
    await store.addDevice({ id, name: id, secretHash, createdAt: at, lastSeenAt: at })
  }
  db.close()
}

const host = () => `Host: localhost:${port}`
/** A page of this server asks: all gates are open, and only the credential is missing. */
const ownPage = () => [
  host(),
  `Origin: http://localhost:${port}`,
  'Sec-Fetch-Site: same-origin',
  'X-Breakglass: 1',
]

async function ask(method: string, target: string, headers: string[], body = ''): Promise<string> {
  const length = body === '' ? [] : [`Content-Length: ${body.length}`]
  const head = [`${method} ${target} HTTP/1.1`, ...headers, ...length, 'Connection: close']
  sent++
  const answer = await exchange(port, `${head.join('\r\n')}\r\n\r\n${body}`, { from: loopback(sent) })
  expect(answer, `${method} ${target}`).toMatch(/^content-security-policy: default-src 'none'/im)
  expect(answer).not.toMatch(/^access-control-/im)
  return answer
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])

/** Asks for every route in one way. @returns those whose answer is none of the allowed */
async function bypasses(
  which: (route: Route) => boolean,
  allowed: number[],
  way: (route: Route) => Promise<string>,
): Promise<string[]> {
  const found: string[] = []
  const asked = [...routes, ...BESIDE, LOBBY].filter(which)
  expect(asked.length).toBeGreaterThan(0)
  for (const route of asked) {
    const status = statusOf(await way(route))
    if (!allowed.includes(status)) found.push(`${route.name}: ${status}`)
  }
  return found
}

const all = (): boolean => true
const needsCredential = ({ name }: Route): boolean => !(name in PUBLIC)
const isUnsafe = ({ method }: Route): boolean => !['GET', 'HEAD'].includes(method)
const headersOf = ({ more = [] }: Route, ...headers: string[]): string[] => [...headers, ...more]

test('the matrix has every route, and knows what stands for its parameters', async () => {
  expect(routes.length).toBeGreaterThan(20)
  expect(routes.filter(({ path }) => path.includes('nothing stands'))).toEqual([])
  const documented = Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(routes.map(({ name }) => name)).toEqual(expect.arrayContaining(documented))
})

test('with the token, a program and a page of this server get past all gates', async () => {
  const refusals = [401, 403, 421]
  for (const headers of [() => [host()], ownPage])
    for (const route of [...routes, ...BESIDE]) {
      const answer = await ask(route.method, route.path, headersOf(route, ...headers(), BEARER))
      expect(refusals, route.name).not.toContain(statusOf(answer))
    }
})

test('without a credential, only what is known to be public is answered', async () => {
  const open = await bypasses(all, [401], ({ method, path }) => ask(method, path, ownPage()))
  expect(open.sort()).toEqual(
    Object.entries(PUBLIC)
      .map(([name, status]) => `${name}: ${status}`)
      .sort(),
  )
})

/** A credential that is none: one line each. */
const CREDENTIALS: [what: string, header: () => string][] = [
  ['an empty one', () => 'Authorization:'],
  ['a bad one', () => 'Authorization: Bearer wrong'],
  ['one that is longer', () => `${BEARER}x`],
  ['two in one', () => `${BEARER} ${TOKEN}`],
  ['one of another scheme', () => `Authorization: Basic ${Buffer.from(`:${TOKEN}`).toString('base64')}`],
  ['one without a scheme', () => `Authorization: ${TOKEN}`],
  ['one in another header', () => `X-Authorization: Bearer ${TOKEN}`],
  ['a device that has expired', () => `Cookie: breakglass=${GONE.expired}`],
  ['a device that was revoked', () => `Cookie: breakglass=${GONE.revoked}`],
  ['the token as a cookie', () => `Cookie: breakglass=${TOKEN}; __Host-breakglass=${TOKEN}; token=${TOKEN}`],
]

describe('a credential', () => {
  test.for(CREDENTIALS)('that is %s opens nothing', async ([, header]) => {
    const way = (route: Route) => ask(route.method, route.path, headersOf(route, ...ownPage(), header()))
    expect(await bypasses(needsCredential, [401], way)).toEqual([])
  })

  test.for(['token', 'access_token', 'authorization', 'bearer'])(
    'in the URL, as ?%s=, opens nothing',
    async (name) => {
      const way = (route: Route) =>
        ask(route.method, `${route.path}?${name}=${TOKEN}`, headersOf(route, ...ownPage()))
      expect(await bypasses(needsCredential, [401], way)).toEqual([])
    },
  )
})

/** The gates: no credential helps, so each of these comes with the right one. */
const FOREIGN: [what: string, headers: () => string[]][] = [
  ['a wrong Host', () => ['Host: evil.example']],
  ['a Host with a suffix', () => [`Host: localhost.evil.example:${port}`]],
  ['a trailing dot behind its Host', () => [`Host: localhost.:${port}`]],
  ['no Host', () => []],
  ['an empty Host', () => ['Host:']],
  ['two Hosts, the wrong one first', () => ['Host: evil.example', host()]],
  ['two Hosts, the wrong one last', () => [host(), 'Host: evil.example']],
  ['the same Host twice', () => [host(), host()]],
  [
    'two Hosts, two thousand headers apart',
    () => [host(), ...Array.from({ length: 2_100 }, () => 'a:b'), 'Host: evil.example'],
  ],
  ['what a proxy would say of the Host', () => ['Host: evil.example', `X-Forwarded-Host: localhost:${port}`]],
  ['a foreign Origin', () => [host(), 'Origin: http://evil.example']],
  ['a suffix Origin', () => [host(), `Origin: http://localhost:${port}.evil.com`]],
  ['a prefix Origin', () => [host(), `Origin: http://evil-localhost:${port}`]],
  ['the Origin of another port', () => [host(), 'Origin: http://localhost:1']],
  ['the Origin of another scheme', () => [host(), `Origin: https://localhost:${port}`]],
  ['the Origin null', () => [host(), 'Origin: null']],
  ['two Origins', () => [host(), `Origin: http://localhost:${port}`, 'Origin: http://evil.example']],
  ['Sec-Fetch-Site: cross-site', () => [host(), 'Sec-Fetch-Site: cross-site']],
  ['Sec-Fetch-Site: same-site', () => [host(), 'Sec-Fetch-Site: same-site']],
  ['two Sec-Fetch-Sites', () => [host(), 'Sec-Fetch-Site: none', 'Sec-Fetch-Site: cross-site']],
]

describe('a request with the token and', () => {
  test.for(FOREIGN)('%s is refused on every route, the public ones too', async ([, headers]) => {
    const way = (route: Route) => ask(route.method, route.path, headersOf(route, ...headers(), BEARER))
    expect(await bypasses(all, [403, 421], way)).toEqual([])
  })

  test.for(['http://localhost', 'http://evil.example', 'HTTP://localhost', 'x://localhost', ''])(
    'a target that is no path, as in "%s/", is refused on every route',
    async (authority) => {
      // Without its slash it is no target at all, and the parser refuses it.
      const target = (path: string) => (authority === '' ? `*${path}` : authority + path)
      const way = (route: Route) => ask(route.method, target(route.path), headersOf(route, host(), BEARER))
      expect(await bypasses(all, [421, ...(authority === '' ? [400] : [])], way)).toEqual([])
    },
  )

  test.for(['text/plain', 'application/x-www-form-urlencoded', 'application/json-seq'])(
    'a body of %s is not taken by any route that changes something',
    async (type) => {
      const way = (route: Route) =>
        ask(route.method, route.path, headersOf(route, host(), BEARER, `Content-Type: ${type}`), '{}')
      expect(await bypasses(isUnsafe, [404, 415], way)).toEqual([])
    },
  )
})

/** What a foreign page, or a program without a token, may send of itself. */
const BARE: [what: string, headers: string[], body?: string][] = [
  ['nothing but a Host', []],
  ['our header alone', ['X-Breakglass: 1']],
  ['where it comes from, and not our header', ['Sec-Fetch-Site: none']],
  ['plain text', ['Content-Type: text/plain'], '{}'],
  ['JSON', ['Content-Type: application/json'], '{}'],
  ['a form', ['Content-Type: multipart/form-data; boundary=X'], '--X--\r\n'],
  ['an upgrade', ['Connection: upgrade', 'Upgrade: websocket']],
  ['an expectation', ['Expect: 100-continue']],
  ['an expectation that cannot be met', ['Expect: wonders']],
  ['another method to be taken for', ['X-HTTP-Method-Override: GET']],
  ['another path to be taken for', ['X-Original-URL: /healthz', 'X-Rewrite-URL: /healthz']],
]

test('a change with a wrong token and nothing else is refused on every route, the public ones too', async () => {
  const wrong = ['Authorization: Bearer wrong', 'Content-Type: application/json']
  const way = (route: Route) => ask(route.method, route.path, headersOf(route, host(), ...wrong), '{}')
  expect(await bypasses(isUnsafe, [401], way)).toEqual([])
})

describe('a request without a credential, and with', () => {
  test.for(BARE)('%s is refused', async ([, headers, body]) => {
    const way = (route: Route) => ask(route.method, route.path, headersOf(route, host(), ...headers), body)
    expect(await bypasses(needsCredential, [401, 403], way)).toEqual([])
  })

  test.for(['HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'])('the method %s is refused', async (method) => {
    const way = (route: Route) => ask(method, route.path, headersOf(route, ...ownPage()))
    const other = (route: Route) => needsCredential({ ...route, name: route.name.replace(/^\w+/, method) })
    expect(await bypasses(other, [401], way)).toEqual([])
  })
})

/** What a foreign page can have a browser send, with the cookie of a device that is in. */
const FORGED: [what: string, headers: () => string[]][] = [
  ['nothing that says where it comes from', () => []],
  ['our header alone', () => ['X-Breakglass: 1']],
  ['its own Origin, and no header of ours', () => [`Origin: http://localhost:${port}`]],
  ['Sec-Fetch-Site: none, and no header of ours', () => ['Sec-Fetch-Site: none']],
  ['a foreign Origin', () => ['Origin: http://evil.example', 'X-Breakglass: 1']],
  ['the Origin null', () => ['Origin: null', 'X-Breakglass: 1']],
  ['Sec-Fetch-Site: same-site', () => ['Sec-Fetch-Site: same-site', 'X-Breakglass: 1']],
]

describe('a change that is asked for with the cookie of a device, and with', () => {
  test.for(FORGED)('%s is refused on every route', async ([, headers]) => {
    const { secret } = await runtime.access.devices.add('in')
    const cookie = `Cookie: breakglass=${secret}`
    const way = (route: Route) =>
      ask(route.method, route.path, headersOf(route, host(), cookie, ...headers()))
    expect(await bypasses(isUnsafe, [403], way)).toEqual([])
    expect(statusOf(await ask('GET', '/api/sessions', [host(), cookie]))).toBe(200)
  })
})

/** Other ways to write a path. */
const SPELLINGS: [what: string, spell: (path: string) => string][] = [
  ['a second slash', (path) => `/${path}`],
  ['a second slash inside', (path) => path.replace(/(.)\//, '$1//')],
  ['a slash behind it', (path) => `${path}/`],
  ['%2e%2f before it', (path) => `/%2e%2f${path.slice(1)}`],
  ['a detour', (path) => `/healthz/..${path}`],
  ['an encoded detour', (path) => `/healthz/%2e%2e${path}`],
  ['an encoded detour with its slash', (path) => `/healthz/%2e%2e%2f${path.slice(1)}`],
  ['an encoded slash', (path) => `/%2f${path.slice(1)}`],
  ['a backslash', (path) => `/\\${path.slice(1)}`],
  ['an encoded letter', (path) => path.replace(/[a-z]/, (c) => `%${c.charCodeAt(0).toString(16)}`)],
  ['capitals', (path) => path.toUpperCase()],
  ['a semicolon', (path) => `${path};/healthz`],
  ['an encoded NUL', (path) => `${path}%00`],
  ['a question', (path) => `${path}?/healthz`],
  ['a fragment', (path) => `${path}#/healthz`],
]

describe('a path that is written with', () => {
  test.for(SPELLINGS)('%s opens nothing', async ([, spell]) => {
    const way = (route: Route) => ask(route.method, spell(route.path), headersOf(route, ...ownPage()))
    expect(await bypasses(needsCredential, [401], way)).toEqual([])
  })

  test.for(SPELLINGS)('%s is for those with a token what it is, or nothing', async ([, spell]) => {
    const asToken = (route: Route, path: string) =>
      ask(route.method, path, headersOf(route, host(), BEARER), isUnsafe(route) ? '[]' : '')
    for (const route of routes) {
      const plain = statusOf(await asToken(route, route.path))
      expect([plain, 404, 400], route.name).toContain(statusOf(await asToken(route, spell(route.path))))
    }
  })
})
