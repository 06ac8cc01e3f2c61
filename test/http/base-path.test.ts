import { afterAll, beforeAll, expect, test } from 'vitest'
import { isBasePath, withoutBasePath } from '../../src/http/base-path.ts'
import { exchange } from '../support/raw-request.ts'
import { untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, type TestServer } from '../support/server.ts'

const BASE = '/ops/breakglass'
let server: TestServer
beforeAll(async () => {
  server = await startServer({ BREAKGLASS_BASE_PATH: BASE })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

test('everything is below the path as well: requests, streams, pages, what they load', async () => {
  const { id } = (await server.post(`${BASE}/api/sessions`, { agent: 'claude' })).body
  await server.post(`${BASE}/api/sessions/${id}/turns`, { prompt: script({ say: 'one' }, { exit: 0 }) })
  const url = `${server.url}${BASE}/api/sessions/${id}/events`
  const end = untilTurnEnd(url, server.token())
  expect((await end).frames.find(({ id }) => id === 0)).toMatchObject({ data: { kind: 'user' } })
  const authorization = `Bearer ${server.token()}`
  for (const page of ['', 'inspect']) {
    const document = await fetch(`${server.url}${BASE}/${page}`, { headers: { authorization } })
    const [, script1] = /src="\.\/(assets\/[^"]+\.js)"/.exec(await document.text())!
    const loaded = await fetch(`${server.url}${BASE}/${script1}`, { headers: { authorization } })
    expect([page, document.status, loaded.status]).toEqual([page, 200, 200])
  }
})

test('a probe on the machine need not know of it', async () => {
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  expect((await fetch(`${server.url}${BASE}/healthz`)).status).toBe(200)
})

test('the path alone leads to the page', async () => {
  const answer = await fetch(server.url + BASE, { redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([308, `${BASE}/`])
})

test('links for pairing lead below it', async () => {
  expect((await server.post('/api/pairing')).body.url).toMatch(`${server.url}${BASE}/pair#`)
})

test('whoever is not in is kept out of it, however the path is written', async () => {
  const port = Number(new URL(server.url).port)
  for (const path of [
    `${BASE}/api/sessions`,
    `${BASE}//api/sessions`,
    `${BASE}/../breakglass/api/sessions`,
    `${BASE}/%2e%2e/api/sessions`,
    `http://localhost${BASE}/api/sessions`,
  ]) {
    const answer = await exchange(
      port,
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    )
    expect([path, /^HTTP\/1\.1 (401|403|404|421) /.test(answer)]).toEqual([path, true])
  }
})

test('only whole segments are taken away', () => {
  const pathOf = (url: string): string => withoutBasePath('/a')({ url })
  expect(['/a/b', '/a/', '/ab', '/a', '/b/a/c'].map(pathOf)).toEqual(['/b', '/', '/ab', '/a', '/b/a/c'])
  expect(withoutBasePath('')({ url: '/a/b' })).toBe('/a/b')
})

test('what a URL would write in another way is no such path', () => {
  for (const text of ['', '/', 'a', '/a/', '/a//b', '/a/../b', '/a%20b', '/a b', '/ä', '/a?b', '/.a'])
    expect([text, isBasePath(text)]).toEqual([text, false])
  for (const text of ['/a', '/ops/breakglass', '/v1.2/a_b~c'])
    expect([text, isBasePath(text)]).toEqual([text, true])
})
