import { mkdirSync, symlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { script, startServer, type TestServer } from '../support/server.ts'

const UNKNOWN = '6f2c1c1e-0000-4000-8000-000000000000'

let server: TestServer
let id: string
let roots: string
beforeAll(async () => {
  server = await startServer()
  id = (await server.open()).id
  roots = join(server.dataDir, 'workspaces')
  mkdirSync(join(roots, 'allowed'))
  symlinkSync('/etc', join(roots, 'link'))
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

type Case = [
  what: string,
  method: string,
  path: string,
  body: unknown,
  status: number,
  code: string,
  headers?: object,
]

const S = '/api/sessions'
const cases: Case[] = [
  ['an unknown session', 'GET', `${S}/${UNKNOWN}`, undefined, 404, 'session_not_found'],
  ['an id that is no UUID', 'GET', `${S}/abc`, undefined, 404, 'session_not_found'],
  ['an id that is a path', 'GET', `${S}/..%2f..%2fetc%2fpasswd`, undefined, 404, 'session_not_found'],
  ['a PUT with an id that is no UUID', 'PUT', `${S}/abc`, {}, 404, 'session_not_found'],
  ['a very long id', 'GET', `${S}/${'a'.repeat(1000)}`, undefined, 404, 'session_not_found'],
  [
    'a prompt for an unknown session',
    'POST',
    `${S}/${UNKNOWN}/turns`,
    { prompt: 'x' },
    404,
    'session_not_found',
  ],
  ['a cancel of an unknown session', 'POST', `${S}/${UNKNOWN}/cancel`, undefined, 404, 'session_not_found'],
  ['a delete of an unknown session', 'DELETE', `${S}/${UNKNOWN}`, undefined, 404, 'session_not_found'],
  ['events of an unknown session', 'GET', `${S}/${UNKNOWN}/events`, undefined, 404, 'session_not_found'],
  ['an unknown route', 'GET', '/api/nothing', undefined, 404, 'not_found'],
  ['a method that a route does not have', 'PUT', S, {}, 404, 'not_found'],
  ['bad JSON', 'POST', S, '{bad', 400, 'bad_json'],
  ['JSON that is not UTF-8', 'POST', S, Buffer.from('7b227469746c65223a22ff227d', 'hex'), 400, 'bad_json'],
  [
    'JSON in another charset',
    'POST',
    S,
    '{}',
    415,
    'unsupported_media_type',
    { 'content-type': 'application/json; charset=latin1' },
  ],
  ['JSON that sets a prototype', 'POST', S, '{"__proto__":{"agent":"x"}}', 400, 'bad_json'],
  ['a body that is no object', 'POST', S, '[]', 400, 'bad_request'],
  ['a wrong type', 'POST', S, { title: 5 }, 400, 'bad_request'],
  ['an unknown property', 'POST', S, { agnet: 'shell' }, 400, 'bad_request'],
  ['an unknown agent', 'POST', S, { agent: 'nobody' }, 400, 'unknown_agent'],
  ['an unknown permission mode', 'POST', S, { permissionMode: 'root' }, 400, 'bad_request'],
  ['a model that is an option', 'POST', S, { model: '--settings={}' }, 400, 'bad_request'],
  ['a title that is too long', 'POST', S, { title: 'x'.repeat(201) }, 400, 'bad_request'],
  ['a workspace outside the roots', 'POST', S, { workspace: '/etc' }, 400, 'workspace_not_allowed'],
  ['a relative workspace', 'POST', S, { workspace: '.' }, 400, 'workspace_not_allowed'],
  ['plain text', 'POST', S, 'x', 415, 'unsupported_media_type', { 'content-type': 'text/plain' }],
  [
    'a form',
    'POST',
    S,
    'a=b',
    415,
    'unsupported_media_type',
    { 'content-type': 'application/x-www-form-urlencoded' },
  ],
  ['a body that is too large', 'POST', S, `"${'x'.repeat(27 * 1024 * 1024)}"`, 413, 'payload_too_large'],
]

const sessionCases: Case[] = [
  ['no prompt', 'POST', '/turns', {}, 400, 'bad_request'],
  ['an empty body', 'POST', '/turns', undefined, 400, 'bad_request'],
  ['an empty prompt', 'POST', '/turns', { prompt: '' }, 400, 'bad_request'],
  ['a prompt of white space', 'POST', '/turns', { prompt: ' \n' }, 400, 'bad_request'],
  ['a prompt with half a character', 'POST', '/turns', '{"prompt":"\\ud800"}', 400, 'bad_request'],
  ['a model with a newline', 'POST', '/turns', { prompt: 'x', model: 'a\nb' }, 400, 'bad_request'],
  ['an edit to a model that is an option', 'PATCH', '', { model: '-m' }, 400, 'bad_request'],
  ['a cancel with something in it', 'POST', '/cancel', { now: true }, 400, 'bad_request'],
  ['a prompt that is a number', 'POST', '/turns', { prompt: 5 }, 400, 'bad_request'],
  ['a huge prompt', 'POST', '/turns', { prompt: 'x'.repeat(5 * 1024 * 1024) }, 413, 'prompt_too_large'],
  ['an unknown whenBusy', 'POST', '/turns', { prompt: 'x', whenBusy: 'later' }, 400, 'bad_request'],
  [
    'a long idempotency key',
    'POST',
    '/turns',
    { prompt: 'x' },
    400,
    'bad_request',
    { 'idempotency-key': 'k'.repeat(201) },
  ],
  ['an edit of a wrong type', 'PATCH', '', { archived: 'yes' }, 400, 'bad_request'],
  ['an edit of what cannot be edited', 'PATCH', '', { state: 'idle' }, 400, 'bad_request'],
  [
    'a negative cursor',
    'GET',
    '/events',
    undefined,
    400,
    'bad_cursor',
    { accept: 'text/event-stream', 'last-event-id': '-1' },
  ],
  [
    'a cursor in hexadecimal',
    'GET',
    '/events?lastEventId=0x1',
    undefined,
    400,
    'bad_cursor',
    { accept: 'text/event-stream' },
  ],
  [
    'two cursors',
    'GET',
    '/events?lastEventId=1&lastEventId=2',
    undefined,
    400,
    'bad_cursor',
    { accept: 'text/event-stream' },
  ],
  ['a page after nonsense', 'GET', '/events?after=1e3', undefined, 400, 'bad_cursor'],
  ['a page of nothing', 'GET', '/events?limit=0', undefined, 400, 'bad_request'],
  ['a page of too much', 'GET', '/events?limit=10001', undefined, 400, 'bad_request'],
  [
    'events as a stream of no quality',
    'GET',
    '/events',
    undefined,
    406,
    'not_acceptable',
    { accept: 'text/event-stream;q=0' },
  ],
  ['events as HTML', 'GET', '/events', undefined, 406, 'not_acceptable', { accept: 'text/html' }],
  ['a transcript of an unknown format', 'GET', '/transcript?format=pdf', undefined, 400, 'bad_request'],
]

describe('bad input', () => {
  it.each([...cases, ...sessionCases.map((c) => [c[0], c[1], null, ...c.slice(3), c[2]] as unknown as Case)])(
    '%s is refused and changes nothing',
    async (_what, method, givenPath, body, status, code, ...rest) => {
      const suffix = givenPath === null ? String(rest.pop()) : ''
      const path = givenPath ?? `${S}/${id}${suffix}`
      const before = await snapshot()
      const answer = await server.request(method, path, body, rest[0] ?? {})
      expect(answer.body).toMatchObject({ status, code })
      expect(answer.status).toBe(status)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      for (const field of ['title', 'detail']) expect(answer.body[field]).toEqual(expect.any(String))
      expect(await snapshot()).toEqual(before)
    },
  )

  const snapshot = async () => [(await server.get(S)).body, await server.events(id)]

  it('is refused without a credential on every route but /healthz and the login, without a word more', async () => {
    const routes = [
      ...Object.entries((await server.get('/openapi.json')).body.paths as Record<string, object>),
    ]
    const all = routes.flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path]),
    )
    expect(all.length).toBeGreaterThan(12)
    for (const [method, path] of [...all, ['GET', '/docs'], ['GET', '/nowhere']] as [string, string][]) {
      if (path === '/healthz' || path === '/api/login') continue
      const url = server.url + path.replace('{id}', id)
      for (const authorization of [
        undefined,
        'Bearer',
        'Bearer wrong',
        `Basic ${server.token()}`,
        server.token(),
      ]) {
        // As a page of this server asks: what comes from elsewhere does not get this far.
        const ownPage = { origin: server.url, 'x-breakglass': '1' }
        const headers = { ...ownPage, ...(authorization !== undefined && { authorization }) }
        const response = await fetch(url, { method, headers })
        expect([method, path, response.status]).toEqual([method, path, 401])
        expect(await response.json()).toMatchObject({ code: 'unauthorized' })
      }
    }
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  })

  it('is refused as problem+json even where it is no request at all', async () => {
    const answerTo = (bytes: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(bytes))
        let text = ''
        socket.on('data', (chunk) => {
          text += chunk
        })
        socket.on('close', () => resolve(text))
        socket.on('error', reject)
      })
    expect(await answerTo('NONSENSE\r\n\r\n')).toMatch(
      /^HTTP\/1.1 400 .*problem\+json.*"code":"bad_request"/s,
    )
    const large = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`
    expect(await answerTo(large)).toMatch(/^HTTP\/1.1 431 .*"code":"headers_too_large"/s)
    for (const path of ['/api/sessions/%zz', `/api/sessions/${'a'.repeat(500)}`])
      expect((await fetch(server.url + path)).status).toBe(401)
  })

  it('follows no link out of the roots, and takes what lies below them', async () => {
    const link = await server.post(S, { workspace: join(roots, 'link') })
    expect(link).toMatchObject({ status: 400, body: { code: 'workspace_not_allowed' } })
    const { status, body } = await server.post(S, { workspace: join(roots, 'allowed'), agent: 'shell' })
    expect([status, body.workspace]).toEqual([201, join(roots, 'allowed')])
  })
})

describe('sessions', () => {
  it('are opened, found, edited and listed by their newest activity', async () => {
    const made = await server.post(S, { agent: 'claude', title: 'one', permissionMode: 'bypass', model: 'm' })
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe(`${S}/${made.body.id}`)
    expect(made.body).toMatchObject({
      title: 'one',
      permissionMode: 'bypass',
      model: 'm',
      state: 'idle',
      turn: 0,
      lastEventId: -1,
    })
    expect((await server.get(`${S}/${made.body.id}`)).body).toEqual(made.body)
    const edited = await server.request('PATCH', `${S}/${made.body.id}`, {
      title: 'two',
      archived: true,
      model: null,
    })
    expect(edited.body).toMatchObject({ title: 'two', archived: true, model: null, permissionMode: 'bypass' })
    const first = await server.open()
    const listed = () => server.get(S).then(({ body }) => body.sessions.map((s: { id: string }) => s.id))
    expect((await listed()).slice(0, 2)).toEqual([first.id, made.body.id])
    await server.prompt(made.body.id, script({ hang: true }))
    expect((await listed()).slice(0, 2)).toEqual([made.body.id, first.id])
    await server.post(`${S}/${made.body.id}/cancel`)
  })

  it('are as they were after an edit of nothing', async () => {
    const { id } = await server.open()
    const { body } = await server.get(`${S}/${id}`)
    expect((await server.request('PATCH', `${S}/${id}`, {})).body).toEqual(body)
  })

  it('can be had under an id of the client’s choice, again and again', async () => {
    const path = `${S}/${crypto.randomUUID()}`
    const made = await server.request('PUT', path, { agent: 'shell' })
    expect(made.status).toBe(201)
    expect(await server.request('PUT', path, { agent: 'claude', title: 'other' })).toMatchObject({
      status: 200,
      body: made.body,
    })
    expect(await server.request('PUT', path.toUpperCase().replace(S.toUpperCase(), S))).toMatchObject({
      status: 200,
    })
    const many = await Promise.all(
      [1, 2, 3, 4].map(() => server.request('PUT', `${S}/6f2c1c1e-1111-4000-8000-000000000000`)),
    )
    expect(many.filter((answer) => answer.status === 201)).toHaveLength(1)
  })

  it('stop what they run when they are deleted', async () => {
    const session = await server.open()
    await server.prompt(session.id, script({ hang: true }))
    expect((await server.request('DELETE', `${S}/${session.id}`)).status).toBe(204)
    expect((await server.get(`${S}/${session.id}`)).status).toBe(404)
  })
})
