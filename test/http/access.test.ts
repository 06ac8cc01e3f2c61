/** Devices as they meet the server: in by a code, told by a cookie, out at once; and what the audit says of it all. */
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Device, pairDevice } from '../support/device.ts'
import { exchange } from '../support/raw-request.ts'
import { script, startServer, type TestServer } from '../support/server.ts'
import { until } from '../support/until.ts'

type Audited = { id: number; action: string; outcome: string; caller: string; deviceId: string | null }

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const statusOf = async (asked: Promise<Response>): Promise<number> => (await asked).status
/** Follows a session, or the lobby. @returns when it has caught up, with a promise of its end, however that comes */
async function follow(device: Device, path: string): Promise<{ ended: Promise<unknown> }> {
  const headers = { accept: 'text/event-stream' }
  const response = await device.fetch('GET', path, { headers })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  for (let text = ''; !text.includes('caught-up'); ) text += (await reader.read()).value
  const readOn = async (): Promise<void> => {
    while (!(await reader.read()).done);
  }
  return { ended: readOn().catch((error: Error) => error.message) }
}

const attach = (device: Device, id: string) => follow(device, `/api/sessions/${id}/events`)

/** Begins to send a file, and does not end. @returns when the server has begun to take it */
async function beginUpload(device: Device, id: string): Promise<{ ended: Promise<unknown> }> {
  const { host, port } = new URL(server.url)
  const socket = connect(Number(port), '127.0.0.1')
  // A reset is an end as well.
  socket.on('error', () => {})
  const ended = new Promise((resolve) => socket.on('close', resolve))
  socket.write(
    [
      `POST /api/sessions/${id}/files HTTP/1.1`,
      ...[`Host: ${host}`, `Origin: ${server.url}`, 'X-Breakglass: 1', `Cookie: ${device.cookie}`],
      ...['Content-Type: multipart/form-data; boundary=b', 'Content-Length: 1000000', ''],
      ...['--b', 'Content-Disposition: form-data; name=f; filename=f', '', 'x'.repeat(500_000)],
    ].join('\r\n'),
  )
  const { workspace } = (await server.get(`/api/sessions/${id}`)).body
  await until(() => expect(readdirSync(join(workspace, 'attachments'))).toHaveLength(1))
  return { ended }
}

/** Sends a request without the last byte of its body. @returns how to send that, and all that comes back */
async function beginRequest(device: Device, method: string, path: string) {
  const { host, port } = new URL(server.url)
  const socket = connect(Number(port), '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1').on('data', (text) => {
    answer += text
  })
  const closed = once(socket, 'close')
  const head = [
    ...[`${method} ${path} HTTP/1.1`, `Host: ${host}`, `Origin: ${server.url}`, 'X-Breakglass: 1'],
    ...[`Cookie: ${device.cookie}`, 'Content-Type: application/json', 'Content-Length: 2'],
    // Answered when the head is let in: from then on it is the body alone that is waited for.
    ...['Connection: close', 'Expect: 100-continue', '', ''],
  ]
  socket.write(head.join('\r\n'))
  await once(socket, 'data')
  socket.write('{')
  return async (): Promise<string> => {
    socket.write('}')
    await closed
    return answer
  }
}

describe('a device', () => {
  it('comes in with a code, once, and asks as the one that it is', async () => {
    const phone = await pairDevice(server, 'phone')
    expect(phone).toMatchObject({ status: 201, name: 'phone', current: true })
    const { id } = await server.open()
    const accepted = await phone.fetch('POST', `/api/sessions/${id}/turns`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: script({ say: 'hi' }) }),
    })
    expect(accepted.status).toBe(202)
    expect((await server.events(id))[0]).toMatchObject({ kind: 'user', by: 'phone' })
    expect(await (await phone.fetch('GET', '/api/devices')).json()).toMatchObject({
      devices: [{ id: phone.id, current: true }],
    })
    expect((await server.get('/api/devices')).body).toMatchObject({ devices: [{ current: false }] })
  })

  it('has a cookie that scripts cannot read and other sites cannot send', async () => {
    const { setCookie } = await pairDevice(server, 'phone')
    expect(setCookie).toMatch(/^breakglass=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Strict$/)
  })

  it('is nobody with another cookie, with the cookie in the address, or beside a wrong token', async () => {
    const { cookie } = await pairDevice(server, 'phone')
    const secret = cookie.split('=')[1]!
    const ask = (path: string, headers: Record<string, string>) =>
      statusOf(fetch(server.url + path, { headers }))
    expect(await ask('/api/sessions', { cookie })).toBe(200)
    for (const wrong of [
      `${cookie}x`,
      `x${cookie}`,
      `__Host-${cookie}`,
      `breakglass=`,
      `breakglass="${secret}x"`,
    ])
      expect([wrong, await ask('/api/sessions', { cookie: wrong })]).toEqual([wrong, 401])
    expect(await ask(`/api/sessions?breakglass=${secret}&token=${server.token()}`, {})).toBe(401)
    expect(await ask('/api/sessions', { cookie, authorization: 'Bearer wrong' })).toBe(401)
    expect(await ask('/api/sessions', { authorization: `Bearer ${secret}` })).toBe(401)
  })

  it('is in with its cookie among others of that name, which a server on another port may have set', async () => {
    const { cookie } = await pairDevice(server, 'phone')
    const junk = `breakglass=${'x'.repeat(43)}; breakglass=junk; breakglass`
    for (const cookies of [
      `${junk}; ${cookie}`,
      `${cookie};${junk}`,
      `a=b; ${junk}; ${junk}; ${junk};${cookie}`,
    ])
      expect(await statusOf(fetch(`${server.url}/api/sessions`, { headers: { cookie: cookies } }))).toBe(200)
    expect(await statusOf(fetch(`${server.url}/api/sessions`, { headers: { cookie: junk } }))).toBe(401)
  })

  it('changes nothing without the header that only this server’s pages send', async () => {
    const { cookie } = await pairDevice(server, 'phone')
    const open = (headers: Record<string, string>) =>
      statusOf(fetch(`${server.url}/api/sessions`, { method: 'POST', headers: { cookie, ...headers } }))
    expect(await open({ origin: server.url })).toBe(403)
    expect(await open({ 'x-breakglass': '1' })).toBe(403)
    expect(await open({ origin: 'http://evil.example', 'x-breakglass': '1' })).toBe(403)
    expect(await open({ origin: server.url, 'x-breakglass': '1' })).toBe(201)
  })

  it('stays in when the server is started again, and is out when that finds it expired', async () => {
    const phone = await pairDevice(server, 'phone')
    await server.kill()
    await server.start()
    expect(await statusOf(fetch(`${server.url}/api/sessions`, { headers: { cookie: phone.cookie } }))).toBe(
      200,
    )
    await server.stop()
    const db = new DatabaseSync(join(server.dataDir, 'breakglass.db'))
    db.prepare('UPDATE device SET seen_at = ? WHERE id = ?').run('2020-01-01T00:00:00.000Z', phone.id)
    db.close()
    await server.start()
    expect(await statusOf(fetch(`${server.url}/api/sessions`, { headers: { cookie: phone.cookie } }))).toBe(
      401,
    )
    await until(async () => {
      const { records } = (await server.get('/api/audit?limit=2')).body
      expect(records).toContainEqual(
        expect.objectContaining({ caller: 'server', action: 'expire', target: phone.id }),
      )
    })
  })

  it('is out at once when it is revoked, its streams and uploads too, and nobody else’s', async () => {
    const [phone, tablet] = [await pairDevice(server, 'phone'), await pairDevice(server, 'tablet')]
    const { id } = await server.open()
    const streams = [await attach(phone, id), await attach(phone, id), await follow(phone, '/api/events')]
    const other = await attach(tablet, id)
    const upload = await beginUpload(phone, id)

    const revoked = await tablet.fetch('DELETE', `/api/devices/${phone.id}`)
    expect(revoked.status).toBe(204)
    await Promise.all([...streams, upload].map(({ ended }) => ended))
    expect(await statusOf(phone.fetch('GET', '/api/sessions'))).toBe(401)
    expect(await statusOf(tablet.fetch('GET', '/api/sessions'))).toBe(200)
    expect((await server.get('/metrics')).body).toMatch(/^breakglass_streams 1$/m)
    await tablet.fetch('POST', '/api/logout')
    await other.ended
    expect((await server.request('DELETE', `/api/devices/${phone.id}`)).body).toMatchObject({
      code: 'device_not_found',
    })
  })

  it('that is revoked while it sends a request has not asked for anything', async () => {
    const owner = await pairDevice(server, 'owner')
    for (const [method, path] of [
      ['DELETE', `/api/devices/${owner.id}`],
      ['POST', '/api/logout'],
    ] as const) {
      const thief = await pairDevice(server, 'thief')
      const finish = await beginRequest(thief, method, path)
      expect(await statusOf(owner.fetch('DELETE', `/api/devices/${thief.id}`))).toBe(204)
      expect(await finish()).toMatch(/ 401 .*"code":"unauthorized"/s)
    }
    expect(await statusOf(owner.fetch('GET', '/api/devices'))).toBe(200)
  })

  it('takes itself out, and is answered though its streams end', async () => {
    const { id } = await server.open()
    for (const leave of ['POST /api/logout', 'DELETE /api/devices/ITSELF']) {
      const phone = await pairDevice(server, 'phone')
      const stream = await attach(phone, id)
      const [method, path] = leave.replace('ITSELF', phone.id).split(' ') as [string, string]
      expect([leave, await statusOf(phone.fetch(method, path))]).toEqual([leave, 204])
      await stream.ended
      expect(await statusOf(phone.fetch('GET', '/api/sessions'))).toBe(401)
    }
  })

  it('takes all others out but itself; the token takes out all', async () => {
    const [a, b] = [await pairDevice(server, 'a'), await pairDevice(server, 'b')]
    const before = (await server.get('/api/devices')).body.devices.length
    expect(await (await a.fetch('DELETE', '/api/devices')).json()).toEqual({ revoked: before - 1 })
    expect([await statusOf(a.fetch('GET', '/')), await statusOf(b.fetch('GET', '/'))]).toEqual([200, 401])
    expect((await server.request('DELETE', '/api/devices')).body).toEqual({ revoked: 1 })
    expect(await statusOf(a.fetch('GET', '/'))).toBe(401)
  })

  it('that is not in is shown how to come in, in place of the page', async () => {
    const response = await fetch(`${server.url}/`)
    expect(response.status).toBe(401)
    expect(await response.text()).toContain('Pair this device')
    expect(await statusOf(fetch(`${server.url}/sw.js`))).toBe(401)
    const ofPairing = ['/pair', '/assets/pair.js', '/assets/pair.css']
    for (const path of [...ofPairing, '/manifest.webmanifest', '/icons/icon-180.png'])
      expect([path, await statusOf(fetch(server.url + path))]).toEqual([path, 200])
  })
})

describe('the audit', () => {
  const newest = async (limit: number): Promise<Audited[]> =>
    (await server.get(`/api/audit?limit=${limit}`)).body.records

  it('says who did what to what, and how that came out', async () => {
    const phone = await pairDevice(server, 'phone')
    const { id } = await server.open()
    await server.prompt(id, script({ ask: [{ id: 'q' }] }))
    await server.prompt(id, 'while it runs')
    await server.post(`/api/sessions/${id}/approvals/none`, { decision: 'allow' })
    await phone.fetch('POST', `/api/sessions/${id}/cancel`)
    await server.request('DELETE', `/api/devices/${phone.id}`)
    await server.request('DELETE', `/api/devices/${phone.id}`)
    const token = { caller: 'token', deviceId: null, address: '127.0.0.1', count: 1 }
    const own = { ...token, caller: 'phone', deviceId: phone.id }
    expect((await newest(9)).reverse()).toMatchObject([
      { ...token, action: 'pair', outcome: 'ok', target: null },
      { ...own, action: 'login', outcome: 'ok', target: phone.id },
      { ...token, action: 'open_session', outcome: 'ok', target: id },
      { ...token, action: 'prompt', outcome: 'ok', target: id },
      { ...token, action: 'prompt', outcome: 'session_busy', target: id },
      { ...token, action: 'answer', outcome: 'approval_not_open', target: id },
      { ...own, action: 'cancel', outcome: 'ok', target: id },
      { ...token, action: 'revoke', outcome: 'ok', target: phone.id },
      { ...token, action: 'revoke', outcome: 'device_not_found', target: phone.id },
    ])
  })

  it('counts what was refused, and tells how, without a word of what was tried', async () => {
    const post = (body: object) =>
      fetch(`${server.url}/api/login`, {
        method: 'POST',
        headers: { origin: server.url, 'x-breakglass': '1', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    for (let i = 0; i < 6; i++) await post({ code: 'SECRET-CODE' })
    const late = await post({ code: 'SECRET-CODE' })
    expect(late.status).toBe(429)
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0)
    await fetch(`${server.url}/api/sessions`)
    await fetch(`${server.url}/api/sessions`, { method: 'POST' })
    const refused = (await newest(100)).filter(({ caller }) => caller === 'nobody')
    const kinds = new Set(refused.map(({ action, outcome }) => `${action} ${outcome}`))
    for (const kind of ['login bad_code', 'login too_many_attempts', 'request unauthorized'])
      expect(kinds).toContain(kind)
    expect(kinds).toContain('open_session header_missing')
    // Who comes from elsewhere is not kept waiting by that; whoever is in is not either, and lets others in.
    const { code } = (await server.post('/api/pairing')).body
    for (let i = 0; i < 6; i++) await post({ code: 'SECRET-CODE' })
    const body = JSON.stringify({ code })
    const head = `POST /api/login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nX-Breakglass: 1\r\nConnection: close`
    const login = `${head}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    const port = Number(new URL(server.url).port)
    expect(await exchange(port, login)).toMatch(/^HTTP\/1\.1 429 /)
    expect(await exchange(port, login, { from: '127.6.6.3' })).toMatch(/^HTTP\/1\.1 201 /)
    expect((await pairDevice(server, 'phone')).status).toBe(201)
  })

  it('names a device that was refused, and what it asked for', async () => {
    const phone = await pairDevice(server, 'phone')
    const { id } = await server.open()
    const headers = { origin: 'http://evil.example' }
    expect(await statusOf(phone.fetch('DELETE', `/api/sessions/${id}`, { headers }))).toBe(403)
    expect(await statusOf(phone.fetch('GET', '/api/sessions', { headers }))).toBe(403)
    const own = { caller: phone.name, deviceId: phone.id, outcome: 'origin_not_allowed' }
    expect(await newest(2)).toMatchObject([
      { ...own, action: 'request', target: null },
      { ...own, action: 'delete_session', target: id },
    ])
  })

  it('is not to be filled by failing, as a stranger or as one who is in', async () => {
    const port = Number(new URL(server.url).port)
    const phone = await pairDevice(server, 'phone')
    const [last] = await newest(1)
    const post = (path: string, ...more: string[]): string =>
      `${[`POST ${path} HTTP/1.1`, `Host: localhost`, 'Origin: http://localhost', 'X-Breakglass: 1', ...more].join('\r\n')}\r\n`
    const json = 'Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}'
    const end = 'Content-Length: 0\r\nConnection: close\r\n\r\n'
    for (const from of ['127.6.6.1', '127.6.6.2'])
      await exchange(port, (post('/api/login') + json).repeat(200) + post('/api/login') + end, { from })
    const cookie = `Cookie: ${phone.cookie}`
    const bodies = Array.from({ length: 500 }, (_, i) => post(`/api/sessions/${i}/cancel`, cookie) + json)
    await exchange(port, bodies.join('') + post('/api/sessions/x/cancel', cookie) + end)
    const records = (await newest(1_000)).filter(({ id }) => id > last!.id)
    expect(records.map(({ caller, action, outcome }) => `${caller} ${action} ${outcome}`)).toEqual([
      `${phone.name} cancel session_not_found`,
      ...['nobody login bad_request', 'nobody login bad_request'],
    ])
  })

  it('is read page by page, by those who are in', async () => {
    const { records, more } = (await server.get('/api/audit?limit=2')).body
    expect([records.length, more]).toEqual([2, true])
    const next = (await server.get(`/api/audit?limit=2&before=${records[1].id}`)).body
    expect(next.records[0].id).toBe(records[1].id - 1)
    expect((await server.get('/api/audit?before=1')).body).toEqual({ records: [], more: false })
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'before=-1', 'before=1&before=2'])
      expect([query, (await server.get(`/api/audit?${query}`)).status]).toEqual([query, 400])
    expect(await statusOf(fetch(`${server.url}/api/audit`))).toBe(401)
  })

  it('holds no secret, and neither does the database or the server’s log', async () => {
    const { cookie } = await pairDevice(server, 'phone')
    const { id } = await server.open()
    await server.prompt(id, script({ say: 'the prompt that nobody else reads' }))
    const { code } = (await server.post('/api/pairing')).body
    const audit = JSON.stringify((await server.get('/api/audit?limit=1000')).body)
    expect(audit).not.toContain('nobody else reads')
    const db = new DatabaseSync(join(server.dataDir, 'breakglass.db'), { readOnly: true })
    const tables = ['device', 'audit'].flatMap((table) => db.prepare(`SELECT * FROM ${table}`).all())
    db.close()
    for (const secret of [cookie.split('=')[1]!, code, server.token()])
      for (const text of [audit, JSON.stringify(tables), server.stderr]) expect(text).not.toContain(secret)
  })
})
