/** What every answer says to the browser that gets it, whoever wrote it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exchange } from '../support/raw-request.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let id: string
beforeAll(async () => {
  server = await startServer()
  id = (await server.open()).id
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const PROMISED = [
  "content-security-policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'x-content-type-options: nosniff',
  'referrer-policy: no-referrer',
  'cross-origin-opener-policy: same-origin',
  'cross-origin-resource-policy: same-origin',
]

const head = (target: string, ...more: string[]): string =>
  `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${more.map((line) => `${line}\r\n`).join('')}\r\n`

/** What is not of the server's own files is kept by nobody on the way, and not by the browser. */
const FILES = ['a file', 'a redirection']

const ANSWERS: [what: string, status: number, request: (bearer: string) => string][] = [
  ['JSON', 200, (bearer) => head('/api/sessions', bearer)],
  ['a document', 200, (bearer) => head(`/api/sessions/${id}/transcript`, bearer)],
  ['a file', 200, (bearer) => head('/docs/static/swagger-ui.css', bearer)],
  ['a redirection', 302, (bearer) => head('/docs/static/index.html', bearer)],
  ['a public answer', 200, () => head('/healthz')],
  ['a refusal', 401, () => head('/api/sessions')],
  ['what is not found', 404, (bearer) => head('/nowhere', bearer)],
  ['what the router cannot read', 400, (bearer) => head('/api/%zz', bearer)],
  ['what is no HTTP', 400, () => 'NONSENSE\r\n\r\n'],
  ['what is too large', 431, () => head('/', `X: ${'x'.repeat(100_000)}`)],
  ['a stream', 200, (bearer) => head(`/api/sessions/${id}/events`, bearer, 'Accept: text/event-stream')],
]

test.for(ANSWERS)('%s comes with all of them', async ([what, status, request]) => {
  const bytes = request(`Authorization: Bearer ${server.token()}`)
  // A stream does not end by itself.
  const answer = await exchange(Number(new URL(server.url).port), bytes, { until: 'event: caught-up' })
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  const lines = answer.split('\r\n\r\n')[0]!.split('\r\n')
  const headers = lines.map((line) => line.replace(/^[^:]+/, (name) => name.toLowerCase()))
  for (const promised of PROMISED) expect(headers.filter((line) => line.startsWith(promised))).toHaveLength(1)
  const kept = headers.filter((line) => line.startsWith('cache-control: '))
  if (!FILES.includes(what)) expect(kept).toEqual([expect.stringContaining('no-store')])
  // Plain HTTP, and no word to other origins.
  expect(headers.filter((line) => /^(strict-transport|access-control)/.test(line))).toEqual([])
})

const CHROMIUM = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium'
const hasChromium = existsSync(CHROMIUM) || process.env.CI === 'true'

test.runIf(hasChromium)('the policy of /docs lets a browser draw it, and nothing is left over', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'breakglass-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
    extraHTTPHeaders: { authorization: `Bearer ${server.token()}` },
  })
  try {
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
    await page.goto(`${server.url}/docs`)
    await page.locator('.opblock-summary').first().click()
    await page.locator('.opblock-body').first().waitFor()
    expect(complaints).toEqual([])
  } finally {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
})
