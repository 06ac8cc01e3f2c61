/** A proxy's word is believed, and nobody else's. Addresses of loopback stand for machines. */
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LIMITS } from '../../src/runtime/limits.ts'
import { exchange } from '../support/raw-request.ts'
import { startServer, type TestServer } from '../support/server.ts'

const PROXY = '127.0.0.2'
const OTHER = '127.0.0.3'

let server: TestServer
beforeAll(async () => {
  server = await startServer({
    BREAKGLASS_HOST: '0.0.0.0',
    BREAKGLASS_BEHIND_PROXY: PROXY,
    BREAKGLASS_ALLOWED_HOSTS: 'box.example',
  })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const ask = (headers: string[], way: { from?: string; to?: string }, path = '/healthz') =>
  exchange(
    Number(new URL(server.url).port),
    `GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`,
    way,
  )

const FORWARDED = ['Host: box.example', 'X-Forwarded-Proto: https']

test('how the proxy was asked is what counts', async () => {
  const page = await ask([...FORWARDED, 'Origin: https://box.example'], { from: PROXY })
  expect(page).toMatch(/^HTTP\/1\.1 200 .*strict-transport-security: max-age/is)
  for (const origin of ['http://box.example', 'https://localhost'])
    expect(await ask([...FORWARDED, `Origin: ${origin}`], { from: PROXY })).toMatch(/^HTTP\/1\.1 403 /)
  for (const protocol of ['https://evil.example/', 'HTTPS', 'https, wss', '']) {
    const plain = await ask(FORWARDED.with(1, `X-Forwarded-Proto: ${protocol}`), { from: PROXY })
    expect(plain).toMatch(/^HTTP\/1\.1 200 /)
    expect(plain, protocol).not.toMatch(/^strict-transport-security/im)
  }
})

test('what another peer says of that is not heard', async () => {
  expect(await ask([...FORWARDED, 'Origin: https://box.example'], { from: OTHER })).toMatch(
    /^HTTP\/1\.1 403 /,
  )
  const plain = await ask([...FORWARDED, 'Origin: http://box.example'], { from: OTHER })
  expect(plain).toMatch(/^HTTP\/1\.1 200 /)
  expect(plain).not.toMatch(/^strict-transport-security/im)
})

test('a name is the Host’s alone: a page whose name was made to point here can send any header but that', async () => {
  const rebound = ['Host: evil.example', 'Sec-Fetch-Site: same-origin', 'X-Forwarded-Proto: https']
  for (const name of ['box.example', 'localhost'])
    for (const more of [`X-Forwarded-Host: ${name}`, `Forwarded: host=${name}`, `X-Host: ${name}`])
      expect(await ask([...rebound, more], { from: PROXY }), more).toMatch(/^HTTP\/1\.1 421 /)
  const evil = [...FORWARDED, 'X-Forwarded-Host: evil.example']
  expect(await ask([...evil, 'Origin: https://evil.example'], { from: PROXY })).toMatch(/^HTTP\/1\.1 403 /)
})

test.for([
  ['an address', '192.0.2.7', '192.0.2.7'],
  ['an address behind what was sent', 'evil, 192.0.2.8', '192.0.2.8'],
  ['an address behind another', '198.51.100.1,192.0.2.9', '192.0.2.9'],
  ['an address of IPv6', 'fd00::7', 'fd00::7'],
  ['markup', '192.0.2.10, <script>alert(1)</script>', PROXY],
  ['a control character', '\x9b31mred', PROXY],
  ['an address with a long zone', `fe80::1%${'a'.repeat(10_000)}`, PROXY],
  ['a long text', 'A'.repeat(12_000), PROXY],
  ['that it does not know', 'unknown', PROXY],
  ['nothing', '', PROXY],
] as const)('where a proxy says %s for an address, the audit has one', async ([, said, address]) => {
  const stranger = [...FORWARDED, `X-Forwarded-For: ${said}`]
  const before = (await server.get('/api/audit?limit=1')).body.records[0]?.id ?? 0
  expect(await ask(stranger, { from: PROXY }, '/api/devices')).toMatch(/^HTTP\/1\.1 401 /)
  const { records } = (await server.get('/api/audit?limit=100')).body
  const refused = records.filter(({ outcome }: { outcome: string }) => outcome === 'unauthorized')
  expect(refused.map((record: { address: string }) => record.address)).toContain(address)
  const added = records.filter(({ id }: { id: number }) => id > before)
  for (const record of added) expect(record.address).toBe(address)
})

test('strangers behind a proxy are counted by an address, whatever else it passes on', async () => {
  const { strangerRequestsPerMinuteMax: max } = LIMITS
  const head = (n: number, ...more: string[]) =>
    `${['GET /healthz HTTP/1.1', ...FORWARDED, `X-Forwarded-For: x${n}, 192.0.2.99`, ...more].join('\r\n')}\r\n\r\n`
  const many = Array.from({ length: max }, (_, n) => head(n)).join('')
  const answers = await exchange(Number(new URL(server.url).port), many + head(max, 'Connection: close'), {
    from: PROXY,
  })
  expect(answers.match(/HTTP\/1\.1 \d+/g)?.at(-1)).toBe('HTTP/1.1 429')
})

const own = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

test.runIf(own !== undefined)('a peer beyond this machine that is not the proxy is refused', async () => {
  const answer = await ask(['Host: box.example'], { from: own!, to: own! })
  expect(answer).toMatch(/^HTTP\/1\.1 403 .*"code":"proxy_only"/s)
})
