import { expect, test } from 'vitest'
import { AttachError, attach } from '../../src/client/index.ts'
import { collect, collectToError, ids, isCaughtUp } from './collecting.ts'
import { scriptFetch } from './scripted-fetch.ts'
import { answer, events, honest, startScriptedServer } from './scripted-server.ts'

const random = () => 0

test('a request for the stream carries the token and asks for an event stream', async () => {
  await using server = await startScriptedServer(honest([]))
  await collect(attach(server.url, { token: 'secret' }), isCaughtUp)
  const { headers, method } = server.visits[0]!.request
  expect(method).toBe('GET')
  expect(headers.accept).toBe('text/event-stream')
  expect(headers.authorization).toBe('Bearer secret')
  expect(headers['last-event-id']).toBeUndefined()
})

test.each([400, 401, 403, 404, 405, 406, 410, 418, 451])(
  'the answer %i ends the attachment',
  async (status) => {
    const problem = { status, code: 'some_code', title: 'Title', detail: 'The detail.' }
    await using server = await startScriptedServer(answer(status, problem))
    const { error } = await collectToError(attach(server.url))
    expect(error).toBeInstanceOf(AttachError)
    expect(error).toMatchObject({ name: 'AttachError', status, code: 'some_code', detail: 'The detail.' })
    expect(server.visits).toHaveLength(1)
  },
)

test.each([408, 429, 500, 502, 503, 504])('the answer %i is followed by another try', async (status) => {
  await using server = await startScriptedServer(answer(status), answer(status), honest(events(0, 2)))
  const items = await collect(attach(server.url, { random }), isCaughtUp)
  expect(ids(items)).toEqual([0, 1, 2])
  expect(server.visits).toHaveLength(3)
})

test('an error without a problem document still has its status and a code', async () => {
  await using server = await startScriptedServer(answer(404, '<h1>Not here</h1>'))
  const { error } = await collectToError(attach(server.url))
  expect(error).toMatchObject({ status: 404, code: 'http_404', detail: 'Not Found' })
})

test('an error whose body never ends is reported by its status', async () => {
  await using server = await startScriptedServer(({ response }) => {
    response.writeHead(401, { 'Content-Type': 'application/problem+json' })
    response.write('{"code":')
  })
  const { error } = await collectToError(attach(server.url, { idleTimeoutMs: 30 }))
  expect(error).toMatchObject({ status: 401, code: 'http_401' })
})

test('an error whose body is huge is reported by its status', async () => {
  await using server = await startScriptedServer(answer(403, JSON.stringify({ code: 'x'.repeat(1_000_000) })))
  const { error } = await collectToError(attach(server.url))
  expect(error).toMatchObject({ status: 403, code: 'http_403' })
})

test.each(['text/html', 'application/json', 'text/event-streams'])(
  'a 200 of the type %s ends the attachment',
  async (type) => {
    await using server = await startScriptedServer(answer(200, 'data: {}\n\n', { 'Content-Type': type }))
    const { error } = await collectToError(attach(server.url))
    expect(error).toMatchObject({ status: 200, code: 'not_an_event_stream' })
  },
)

test('a 204 ends the attachment', async () => {
  await using server = await startScriptedServer(answer(204))
  const { error } = await collectToError(attach(server.url))
  expect(error).toMatchObject({ status: 204, code: 'not_an_event_stream' })
})

test('a token does not follow a redirect', async () => {
  await using elsewhere = await startScriptedServer(honest([]))
  await using server = await startScriptedServer(answer(307, '', { Location: elsewhere.url }))
  const { error } = await collectToError(attach(server.url, { token: 'secret' }))
  expect(error).toMatchObject({ status: 307, code: 'redirect_refused' })
  expect(elsewhere.visits).toEqual([])
})

test('without a token a redirect is followed', async () => {
  await using elsewhere = await startScriptedServer(honest(events(0, 1)))
  await using server = await startScriptedServer(answer(307, '', { Location: elsewhere.url }))
  const items = await collect(attach(server.url), isCaughtUp)
  expect(ids(items)).toEqual([0, 1])
})

test('a redirect that a browser hides is refused as well', async () => {
  const hidden = Object.defineProperties(new Response(null), {
    type: { value: 'opaqueredirect' },
    status: { value: 0 },
  })
  const { fetch } = scriptFetch(() => hidden)
  const { error } = await collectToError(attach('http://server.test/', { token: 'secret', fetch }))
  expect(error).toMatchObject({ status: 0, code: 'redirect_refused' })
})

test('a server that accepts and never answers is given up, and tried again', async () => {
  await using server = await startScriptedServer(() => {}, honest(events(0, 0)))
  const items = await collect(attach(server.url, { idleTimeoutMs: 100, random }), isCaughtUp)
  expect(ids(items)).toEqual([0])
  await server.visits[0]!.closed
})
