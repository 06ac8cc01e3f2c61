import { expect, test } from 'vitest'
import { createClient, RequestError } from '../../src/client/index.ts'
import { collect, ids, isCaughtUp } from './collecting.ts'
import { answer, events, honest, type Script, startScriptedServer } from './scripted-server.ts'

const id = '7a4b0c1e-0000-4000-8000-000000000001'
const session = { id, title: 'disk full', state: 'idle', lastEventId: -1 }
const json = { 'Content-Type': 'application/json' }

/** Runs one call against a server that answers so; tells what was asked and what came of it. */
async function ask<T>(
  script: Script,
  call: (client: ReturnType<typeof createClient>) => Promise<T>,
  options: { token?: string; requestTimeoutMs?: number } = {},
) {
  let body = ''
  await using server = await startScriptedServer((visit) => {
    visit.request.setEncoding('utf8').on('data', (text) => (body += text))
    visit.request.on('end', () => script(visit))
  })
  const result = await call(createClient({ url: server.origin, ...options })).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  const { method, url, headers } = server.visits[0]?.request ?? {}
  return { method, url, headers, body, ...result } as Partial<{
    method: string
    url: string
    headers: Record<string, string>
    body: string
    value: T
    error: unknown
  }>
}

test('opening a session posts what it is to be', async () => {
  const asked = await ask(
    answer(201, session, json),
    (client) => client.sessions.open({ title: 'disk full' }),
    {
      token: 'secret',
    },
  )
  expect(asked).toMatchObject({
    method: 'POST',
    url: '/api/sessions',
    body: '{"title":"disk full"}',
    value: session,
  })
  expect(asked.headers).toMatchObject({ authorization: 'Bearer secret', 'content-type': 'application/json' })
})

test('files are sent as a form, and answered as the server has them', async () => {
  const file = { name: 'disk.png', path: 'attachments/disk.png', bytes: 3, mediaType: 'image/png' }
  const asked = await ask(answer(201, { files: [file] }, json), (client) =>
    client.upload(id, [new File(['abc'], 'disk.png', { type: 'image/png' })]),
  )
  expect(asked).toMatchObject({ method: 'POST', url: `/api/sessions/${id}/files`, value: [file] })
  expect(asked.headers?.['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  expect(asked.body).toContain('name="file"; filename="disk.png"\r\nContent-Type: image/png\r\n\r\nabc\r\n')
})

test('opening a session without a wish posts an empty object', async () => {
  expect((await ask(answer(201, session, json), (client) => client.sessions.open())).body).toBe('{}')
})

test('putting a session gets or creates the one with this id', async () => {
  const asked = await ask(answer(200, session, json), (client) =>
    client.sessions.put(id, { agent: 'claude' }),
  )
  expect(asked).toMatchObject({
    method: 'PUT',
    url: `/api/sessions/${id}`,
    body: '{"agent":"claude"}',
    value: session,
  })
})

test('a session is got by its id', async () => {
  const asked = await ask(answer(200, session, json), (client) => client.sessions.get(id))
  expect(asked).toMatchObject({ method: 'GET', url: `/api/sessions/${id}`, value: session })
  expect(asked.headers).not.toHaveProperty('content-type')
})

test('sessions are listed', async () => {
  const asked = await ask(answer(200, { sessions: [session] }, json), (client) => client.sessions.list())
  expect(asked).toMatchObject({ method: 'GET', url: '/api/sessions', value: [session] })
})

test('a session is edited', async () => {
  const asked = await ask(answer(200, session, json), (client) =>
    client.sessions.edit(id, { archived: true }),
  )
  expect(asked).toMatchObject({ method: 'PATCH', url: `/api/sessions/${id}`, body: '{"archived":true}' })
})

test('a session is deleted, without a body in either direction', async () => {
  const asked = await ask(answer(204), (client) => client.sessions.delete(id))
  expect(asked).toMatchObject({ method: 'DELETE', url: `/api/sessions/${id}`, body: '', value: undefined })
  expect(asked.headers).not.toHaveProperty('content-type')
})

test('a prompt starts a turn, its idempotency key travels as a header', async () => {
  const asked = await ask(answer(202, { turn: 3, eventId: 17 }, json), (client) =>
    client.prompt(id, { prompt: 'Why?', whenBusy: 'queue', idempotencyKey: 'k1' }),
  )
  expect(asked).toMatchObject({
    method: 'POST',
    url: `/api/sessions/${id}/turns`,
    body: '{"prompt":"Why?","whenBusy":"queue"}',
    value: { turn: 3, eventId: 17 },
  })
  expect(asked.headers).toMatchObject({ 'idempotency-key': 'k1' })
})

test('a cancel says whether a turn ran', async () => {
  const asked = await ask(answer(202, { cancelled: true }, json), (client) => client.cancel(id))
  expect(asked).toMatchObject({
    method: 'POST',
    url: `/api/sessions/${id}/cancel`,
    value: { cancelled: true },
  })
  expect(asked.headers).not.toHaveProperty('idempotency-key')
})

test('a cancel may have an idempotency key as well', async () => {
  const asked = await ask(answer(202, { cancelled: true }, json), (client) =>
    client.cancel(id, { idempotencyKey: 'k2' }),
  )
  expect(asked.headers).toMatchObject({ 'idempotency-key': 'k2' })
})

const allowed = { approvalId: 'a/b', decision: 'allow', by: 'token', message: '' } as const

test('what the agent asks is answered, under a key if there is one', async () => {
  const asked = await ask(answer(200, allowed, json), (client) =>
    client.answer(id, 'a/b', { decision: 'allow', always: true, idempotencyKey: 'k3' }),
  )
  expect(asked).toMatchObject({
    ...{ method: 'POST', url: `/api/sessions/${id}/approvals/a%2Fb`, value: allowed },
    body: JSON.stringify({ decision: 'allow', always: true }),
    headers: { 'idempotency-key': 'k3' },
  })
})

test('whoever answers too late is told who was first', async () => {
  const refusal = { status: 409, code: 'already_resolved', detail: 'Allowed', resolution: allowed }
  const asked = await ask(answer(409, refusal), (client) => client.answer(id, 'a', { decision: 'deny' }))
  expect(asked.error).toMatchObject({ code: 'already_resolved', problem: { resolution: allowed } })
})

test('a cancel says how many prompts wait', async () => {
  const asked = await ask(answer(200, { cancelled: false, waiting: 2 }, json), (client) => client.cancel(id))
  expect(asked.value).toEqual({ cancelled: false, waiting: 2 })
})

const promptId = '7a4b0c1e-0000-4000-8000-000000000002'
const placed = { promptId, prompt: 'Why?', at: '2026-11-22T10:00:00.000Z', model: null, position: 1 }

test('prompts that wait are listed', async () => {
  const waiting = { queue: [placed], queueHeld: 'cancelled' }
  const asked = await ask(answer(200, waiting, json), (client) => client.queue.list(id))
  expect(asked).toMatchObject({ method: 'GET', url: `/api/sessions/${id}/queue`, value: waiting })
})

test('a prompt that waits is edited, and its idempotency key travels as a header', async () => {
  const asked = await ask(answer(200, placed, json), (client) =>
    client.queue.edit(id, promptId, 'Why?', { idempotencyKey: 'k3' }),
  )
  expect(asked).toMatchObject({
    ...{ method: 'PATCH', url: `/api/sessions/${id}/queue/${promptId}`, body: '{"prompt":"Why?"}' },
    ...{ value: placed, headers: { 'idempotency-key': 'k3' } },
  })
})

test('a prompt that waits is removed, and so are all', async () => {
  const one = await ask(answer(204), (client) => client.queue.remove(id, promptId, { idempotencyKey: 'k4' }))
  expect(one).toMatchObject({ method: 'DELETE', url: `/api/sessions/${id}/queue/${promptId}`, body: '' })
  expect(one).toMatchObject({ value: undefined, headers: { 'idempotency-key': 'k4' } })
  const all = await ask(answer(204), (client) => client.queue.clear(id, { idempotencyKey: 'k5' }))
  expect(all).toMatchObject({ method: 'DELETE', url: `/api/sessions/${id}/queue`, value: undefined })
  expect(all.headers).toMatchObject({ 'idempotency-key': 'k5' })
})

test('a queue is resumed, if there is anything to start', async () => {
  const started = { turn: 3, eventId: 17 }
  const asked = await ask(answer(202, started, json), (client) =>
    client.queue.resume(id, { idempotencyKey: 'k6' }),
  )
  expect(asked).toMatchObject({ method: 'POST', url: `/api/sessions/${id}/queue/resume`, value: started })
  expect(asked.headers).toMatchObject({ 'idempotency-key': 'k6' })
  const nothing = await ask(answer(200, { resumed: false }, json), (client) => client.queue.resume(id))
  expect(nothing.value).toBeNull()
})

test.each(['', '.', '..'])('the prompt id "%s" never becomes a path', async (dots) => {
  const asked = await ask(answer(204), (client) => client.queue.remove(id, dots))
  expect(asked.error).toMatchObject({ status: 404, code: 'prompt_not_found' })
  expect(asked.url).toBeUndefined()
})

test('events are read page by page', async () => {
  const page = { events: events(5, 6), lastEventId: 9, more: true }
  const asked = await ask(answer(200, page, json), (client) => client.events(id, { after: 4, limit: 2 }))
  expect(asked).toMatchObject({ url: `/api/sessions/${id}/events?after=4&limit=2`, value: page })
  expect(asked.headers).toMatchObject({ accept: 'application/json' })
})

test('agents are listed', async () => {
  const asked = await ask(answer(200, { default: 'claude', agents: [] }, json), (client) => client.agents())
  expect(asked).toMatchObject({ method: 'GET', url: '/api/agents', value: { default: 'claude', agents: [] } })
})

test('attach follows the session with this id, with the same token', async () => {
  await using server = await startScriptedServer(honest(events(0, 2)))
  const client = createClient({ url: `${server.origin}/behind/a/proxy/`, token: 'secret' })
  const items = await collect(client.attach(id, { lastEventId: 0 }), isCaughtUp)
  expect(ids(items)).toEqual([1, 2])
  const { url, headers } = server.visits[0]!.request
  expect(url).toBe(`/behind/a/proxy/api/sessions/${id}/events`)
  expect(headers).toMatchObject({ authorization: 'Bearer secret', 'last-event-id': '0' })
})

test('a refusal rejects with its status, code and detail', async () => {
  const refusal = { status: 409, code: 'session_busy', title: 'Busy', detail: 'Turn 3 runs.' }
  const asked = await ask(answer(409, refusal), (client) => client.prompt(id, { prompt: 'Why?' }))
  expect(asked.error).toBeInstanceOf(RequestError)
  expect(asked.error).toMatchObject({
    name: 'RequestError',
    status: 409,
    code: 'session_busy',
    detail: 'Turn 3 runs.',
  })
})

test('a success that is no JSON rejects', async () => {
  const asked = await ask(answer(200, '<title>Log in</title>'), (client) => client.sessions.list())
  expect(asked.error).toMatchObject({ status: 200, code: 'not_json' })
})

test('a token does not follow a redirect of the JSON routes', async () => {
  const asked = await ask(answer(302, '', { Location: '/elsewhere' }), (client) => client.agents(), {
    token: 'secret',
  })
  expect(asked.error).toMatchObject({ status: 302, code: 'redirect_refused' })
})

test('a server that does not answer in time rejects', async () => {
  const asked = await ask(
    () => {},
    (client) => client.agents(),
    { requestTimeoutMs: 30 },
  )
  expect(asked.error).toMatchObject({ status: 0, code: 'timed_out' })
})

test('a server that hangs up rejects as unreachable', async () => {
  const asked = await ask(
    ({ response }) => void response.destroy(),
    (client) => client.agents(),
  )
  expect(asked.error).toMatchObject({ status: 0, code: 'unreachable' })
})

test.each(['', '.', '..'])('the id "%s" never becomes a path', async (dots) => {
  const asked = await ask(answer(200, session, json), (client) => client.sessions.get(dots))
  expect(asked.error).toMatchObject({ status: 404, code: 'session_not_found' })
  expect(asked.url).toBeUndefined()
})

test('an id with slashes stays one segment of the path', async () => {
  const asked = await ask(answer(404, { code: 'session_not_found' }), (client) =>
    client.sessions.get('../../x?y'),
  )
  expect(asked.url).toBe('/api/sessions/..%2F..%2Fx%3Fy')
})
