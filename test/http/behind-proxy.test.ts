/** A proxy's word is believed, and nobody else's. Addresses of loopback stand for machines. */
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
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

const ask = (headers: string[], way: { from?: string; to?: string }) =>
  exchange(
    Number(new URL(server.url).port),
    `GET /healthz HTTP/1.1\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`,
    way,
  )

const FORWARDED = ['Host: localhost', 'X-Forwarded-Host: box.example', 'X-Forwarded-Proto: https']

test('by which name and how the proxy was asked is what counts', async () => {
  const page = await ask([...FORWARDED, 'Origin: https://box.example'], { from: PROXY })
  expect(page).toMatch(/^HTTP\/1\.1 200 .*strict-transport-security: max-age/is)
  for (const origin of ['http://box.example', 'http://localhost'])
    expect(await ask([...FORWARDED, `Origin: ${origin}`], { from: PROXY })).toMatch(/^HTTP\/1\.1 403 /)
  const evil = FORWARDED.with(1, 'X-Forwarded-Host: box.example, evil.example')
  expect(await ask(evil, { from: PROXY })).toMatch(/^HTTP\/1\.1 421 /)
})

test('what another peer says of that is not heard', async () => {
  expect(await ask([...FORWARDED, 'Origin: https://box.example'], { from: OTHER })).toMatch(
    /^HTTP\/1\.1 403 /,
  )
  expect(await ask(FORWARDED.with(0, 'Host: evil.example'), { from: OTHER })).toMatch(/^HTTP\/1\.1 421 /)
  const plain = await ask([...FORWARDED, 'Origin: http://localhost'], { from: OTHER })
  expect(plain).toMatch(/^HTTP\/1\.1 200 /)
  expect(plain).not.toMatch(/^strict-transport-security/im)
})

const own = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address

test.runIf(own !== undefined)('a peer beyond this machine that is not the proxy is refused', async () => {
  const answer = await ask(['Host: box.example'], { from: own!, to: own! })
  expect(answer).toMatch(/^HTTP\/1\.1 403 .*"code":"proxy_only"/s)
})
