import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient } from '../../src/client/index.ts'
import type { Session } from '../../src/machines/events.ts'
import { isTurnEnd, readStream, untilTurnEnd } from '../support/read-stream.ts'
import { script, startServer, type TestServer, textsOf } from '../support/server.ts'

const MiB = 1024 * 1024
const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex')
const S = '/api/sessions'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')
const folderOf = ({ workspace }: Session): string => join(workspace, 'attachments')
const namesIn = (session: Session): string[] | null =>
  existsSync(folderOf(session)) ? readdirSync(folderOf(session)).sort() : null

type FileGiven = [name: string, content: Uint8Array | string, type?: string]

async function upload(session: Session, ...files: FileGiven[]) {
  const form = new FormData()
  for (const [name, content, type = 'text/plain'] of files)
    form.append('file', new File([content as string], name, { type }))
  return sendForm(session, form)
}

async function sendForm(session: Session, body: FormData | string | Uint8Array, headers = {}) {
  const response = await fetch(`${server.url}${S}/${session.id}/files`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token()}`, ...headers },
    body: body as FormData,
  })
  return { status: response.status, body: await response.json() }
}

/** A form as no browser would write it. */
const rawForm = (...parts: [headers: string, content: string][]): string =>
  `${parts.map(([headers, content]) => `--X\r\n${headers}\r\n\r\n${content}\r\n`).join('')}--X--\r\n`
const RAW = { 'content-type': 'multipart/form-data; boundary=X' }
const named = (name: string): [string, string] => [`Content-Disposition: form-data; name="f"; ${name}`, 'x']

describe('files', () => {
  it('of 20 MiB arrive as they are', async () => {
    const session = await server.open()
    const content = Buffer.alloc(20 * MiB)
    for (let at = 0; at < content.length; at += 4) content.writeUInt32LE((at * 2654435761) >>> 0, at)
    const { status, body } = await upload(session, ['big.bin', content])
    expect([status, body.files]).toEqual([
      201,
      [
        {
          ...{ name: 'big.bin', path: 'attachments/big.bin', bytes: content.length },
          mediaType: 'application/octet-stream',
        },
      ],
    ])
    const path = join(session.workspace, body.files[0].path)
    expect(sha256(readFileSync(path))).toBe(sha256(content))
    expect(statSync(path).mode & 0o777).toBe(0o600)

    const one = await upload(session, ['small', 'x'], ['bigger', Buffer.concat([content, Buffer.from('x')])])
    expect(one).toMatchObject({ status: 413, body: { code: 'file_too_large' } })
    expect(namesIn(session)).toEqual(['big.bin'])
  })

  it('are images by what is in them', async () => {
    const session = await server.open()
    const { body } = await upload(session, ['a.txt', PNG, 'text/plain'], ['b.png', 'no image', 'image/png'])
    expect(body.files.map((file: { mediaType: string }) => file.mediaType)).toEqual([
      ...['image/png', 'application/octet-stream'],
    ])
  })

  it('many at once each get a name, by the client library too', async () => {
    const session = await server.open()
    const client = createClient({ url: server.url, token: server.token() })
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        client.upload(session.id, [new File([`${i}`], 'same.txt'), new File([`${i}`], 'same.txt')]),
      ),
    )
    const files = answers.flatMap((received, i) => received.map(({ path }) => [path, `${i}`] as const))
    expect(new Set(files.map(([path]) => path)).size).toBe(40)
    for (const [path, content] of files)
      expect(readFileSync(join(session.workspace, path), 'utf8')).toBe(content)
    expect(namesIn(session)).toHaveLength(40)
  })

  it('come while a turn runs', async () => {
    const session = await server.open()
    await upload(session, ['before', 'x'])
    await server.prompt(session.id, script({ await: join(folderOf(session), 'go') }, { say: 'seen' }))
    expect((await upload(session, ['go', ''])).status).toBe(201)
    await untilTurnEnd(server.eventsUrl(session.id), server.token())
    expect(textsOf(await server.events(session.id))).toEqual(['seen'])
  })

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['a/../../b', 'b'],
    ['C:\\fakepath\\c.txt', 'c.txt'],
    ['.ssh', 'ssh'],
    ['-rf', 'rf'],
    ['nul\0byte', 'nulbyte'],
    // As a form carries a quote and a line break: https://html.spec.whatwg.org/#escape-a-multipart-form-data-name
    ['cr\r\nlf"', 'cr%0D%0Alf%22'],
    ['\u202egpj.exe', 'gpj.exe'],
    ['漢字 é.png', '漢字 é.png'],
    ['x'.repeat(5_000), 'x'.repeat(100)],
  ])('named %j are called %j', async (given, name) => {
    const session = await server.open()
    const { status, body } = await upload(session, [given, 'x'])
    expect([status, body.files[0].name]).toEqual([201, name])
    expect(namesIn(session)).toEqual([name])
    expect(readdirSync(session.workspace)).toEqual(['attachments'])
  })

  it.each([
    ['two names', 'filename="a"; filename="../b"', 'a'],
    ['an encoded path', "filename*=utf-8''..%2f..%2fetc%2fpasswd", 'passwd'],
    ['an encoded NUL', "filename*=utf-8''a%00b", 'ab'],
    ['bytes that are not UTF-8', 'filename="a\xff"', 'a\ufffd'],
    ['a line break in their name', 'filename="a\r\nX: b"', 'a'],
  ])('with %s are safe', async (_what, name, expected) => {
    const session = await server.open()
    const form = Buffer.from(rawForm(named(name)), 'latin1')
    const { status, body } = await sendForm(session, form, RAW)
    expect([status, body.files[0].name]).toEqual([201, expected])
    expect(namesIn(session)).toEqual([expected])
    expect(readdirSync(session.workspace)).toEqual(['attachments'])
  })

  it('that are cut in the middle leave nothing', async () => {
    const session = await server.open()
    await upload(session, ['kept', 'x'])
    const send = (headers: object) =>
      new Promise<void>((resolve) => {
        const url = `${server.url}${S}/${session.id}/files`
        const outgoing = request(url, {
          method: 'POST',
          agent: false,
          headers: { authorization: `Bearer ${server.token()}`, ...RAW, ...headers },
        })
        outgoing.on('error', () => resolve())
        outgoing.write(`--X\r\n${named('filename="half"')[0]}\r\n\r\n`)
        outgoing.write(Buffer.alloc(5 * MiB))
        void expect
          .poll(() => namesIn(session)!.some((name) => name.startsWith('.upload-')))
          .toBe(true)
          .then(() => outgoing.destroy())
      })
    await send({ 'content-length': 10 * MiB })
    await expect.poll(() => namesIn(session)).toEqual(['kept'])
    await send({ 'transfer-encoding': 'chunked' })
    await expect.poll(() => namesIn(session)).toEqual(['kept'])
  })

  it('that a server had not received whole when it died are removed by the next', async () => {
    await using own = await startServer()
    const session = await own.open()
    const outgoing = request(`${own.url}${S}/${session.id}/files`, {
      ...{ method: 'POST', agent: false },
      headers: { authorization: `Bearer ${own.token()}`, ...RAW },
    })
    outgoing.on('error', () => {})
    outgoing.write(`--X\r\n${named('filename="half"')[0]}\r\n\r\nhalf`)
    await expect.poll(() => namesIn(session)).toHaveLength(1)
    await own.kill()
    expect(namesIn(session)).toHaveLength(1)
    await own.start()
    await own.get(`${S}/${session.id}`)
    expect(namesIn(session)).toEqual([])
  })

  it('pass through memory in pieces', async () => {
    await using own = await startServer()
    const session = await own.open()
    const rss = (): number =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${own.pid}/status`, 'utf8'))![1]) / 1024
    const send = async (): Promise<number> => {
      const form = new FormData()
      for (let i = 0; i < 10; i++) form.append('file', new File([Buffer.alloc(20 * MiB)], `${i}`))
      const headers = { authorization: `Bearer ${own.token()}` }
      const url = `${own.url}${S}/${session.id}/files`
      const { status } = await fetch(url, { method: 'POST', headers, body: form })
      for (const name of namesIn(session)!) rmSync(join(folderOf(session), name))
      return status
    }
    await own.get(S)
    const peaks = [rss()]
    for (let times = 0; times < 3; times++) {
      expect(await send()).toBe(201)
      peaks.push(rss())
    }
    process.stdout.write(`peak RSS before and after each 200 MiB: ${peaks.join(', ')} MiB\n`)
    expect(peaks[1]! - peaks[0]!).toBeLessThan(80)
    // What is not collected yet counts as well, and at which of them it is most is up to the collector.
    expect(peaks.at(-1)! - peaks[0]!).toBeLessThan(120)
  })

  it('go with their session', async () => {
    const session = await server.open()
    await upload(session, ['a', 'x'])
    expect((await server.request('DELETE', `${S}/${session.id}`)).status).toBe(204)
    expect(existsSync(session.workspace)).toBe(false)
    expect(await upload(session, ['a', 'x'])).toMatchObject({
      status: 404,
      body: { code: 'session_not_found' },
    })
  })

  it('of an upload that its session does not live to see are gone', async () => {
    const session = await server.open()
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const answer = fetch(`${server.url}${S}/${session.id}/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token()}`, ...RAW },
      body: readable,
      duplex: 'half',
    } as RequestInit)
    const writer = writable.getWriter()
    await writer.write(Buffer.from(`--X\r\n${named('filename="half"')[0]}\r\n\r\nhalf`))
    await expect.poll(() => namesIn(session)).toHaveLength(1)
    expect((await server.request('DELETE', `${S}/${session.id}`)).status).toBe(204)
    await writer.write(Buffer.from('rest\r\n--X--\r\n'))
    await writer.close()
    expect([(await answer).status, await (await answer).json()]).toMatchObject([
      410,
      { code: 'session_deleted' },
    ])
    expect(existsSync(session.workspace)).toBe(false)
  })
})

describe('a refused upload', () => {
  let session: Session
  beforeAll(async () => {
    session = await server.open()
    await upload(session, ['kept', 'x'])
  })
  const snapshot = async () => [(await server.get(S)).body, await server.events(session.id), namesIn(session)]
  const good = named('filename="good"')
  const field: [string, string] = ['Content-Disposition: form-data; name="f"', 'x']
  const form = (...parts: [string, string][]) => rawForm(...parts)

  it.each<[what: string, body: string, status: number, code: string, headers?: object]>([
    ['of no file', form(), 400, 'bad_request'],
    ['of nothing at all', '', 400, 'bad_request'],
    ['of a field that is no file', form(good, field), 400, 'bad_file_name'],
    ['of a file without a name', form(good, named('filename=""')), 400, 'bad_file_name'],
    ['of a file named ..', form(good, named('filename=".."')), 400, 'bad_file_name'],
    [
      'of a file named by what is not seen',
      form(named("filename*=utf-8''%E2%80%AE%00")),
      400,
      'bad_file_name',
    ],
    ['of too many files', form(...Array.from({ length: 11 }, () => good)), 413, 'too_many_files'],
    ['of a form without an end', form(good).slice(0, -7), 400, 'bad_request'],
    ['of a form that ends in a file', form(good).slice(0, -10), 400, 'bad_request'],
    ['of a form that ends in its headers', form(good, good).slice(0, 100), 400, 'bad_request'],
    ['of something else', 'nonsense', 400, 'bad_request'],
    [
      'in a field named as a prototype',
      form(good).replace('name="f"', 'name="__proto__"'),
      400,
      'bad_request',
    ],
    ['without a boundary', form(good), 400, 'bad_request', { 'content-type': 'multipart/form-data' }],
    ['as JSON', '{bad', 415, 'unsupported_media_type', { 'content-type': 'application/json' }],
    ['as text', 'x', 415, 'unsupported_media_type', { 'content-type': 'text/plain' }],
    ['as the file itself', 'x', 415, 'unsupported_media_type', { 'content-type': 'image/png' }],
    [
      'as a mixed form',
      form(good),
      415,
      'unsupported_media_type',
      { 'content-type': 'multipart/mixed; boundary=X' },
    ],
  ])('%s changes nothing', async (_what, body, status, code, headers = RAW) => {
    const before = await snapshot()
    const answer = await sendForm(session, body, headers)
    expect(answer).toMatchObject({ status, body: { status, code } })
    expect(await snapshot()).toEqual(before)
  })

  it('without a body is none', async () => {
    const { status, body } = await server.post(`${S}/${session.id}/files`)
    expect([status, body.code]).toEqual([415, 'unsupported_media_type'])
  })

  it('for an unknown session, or without a credential, is refused for that', async () => {
    const id = '6f2c1c1e-0000-4000-8000-000000000000'
    expect(await upload({ ...session, id }, ['a', 'x'])).toMatchObject({
      body: { code: 'session_not_found' },
    })
    expect(await upload({ ...session, id: 'abc' }, ['a', 'x'])).toMatchObject({ status: 404 })
    const url = `${server.url}${S}/${session.id}/files`
    const body = form(good)
    const ownPage = { origin: server.url, 'x-breakglass': '1' }
    for (const authorization of ['', 'Bearer wrong']) {
      const headers = { ...RAW, ...ownPage, authorization }
      expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(401)
    }
    expect(namesIn(session)).toEqual(['kept'])
  })

  it('is answered though most of it is still to come', async () => {
    const answer = await upload(session, ['..', Buffer.alloc(19 * MiB)], ['b', Buffer.alloc(19 * MiB)])
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad_file_name' } })
    const huge = Array.from({ length: 5 }, (_, i): FileGiven => [`${i}`, Buffer.alloc(45 * MiB)])
    expect(await upload(session, ...huge)).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
    expect(namesIn(session)).toEqual(['kept'])
  })

  it('is read to its end, for clients that look for an answer only then', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('latin1')
    let answers = ''
    const body = form([named('filename=".."')[0], 'x'.repeat(15 * MiB)])
    const head = (method: string, path: string, more = '') =>
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token()}\r\n${more}\r\n`
    const length = `Content-Type: ${RAW['content-type']}\r\nContent-Length: ${body.length}\r\n`
    await new Promise((sent) => socket.write(head('POST', `${S}/${session.id}/files`, length) + body, sent))
    socket.on('data', (text) => {
      answers += text
    })
    await expect.poll(() => answers).toContain('"code":"bad_file_name"')
    // And the connection goes on.
    socket.write(head('GET', '/api/nothing', 'Connection: close\r\n'))
    await once(socket, 'close')
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 404'])
  })

  it('is a form that any other route gets', async () => {
    const before = await snapshot()
    for (const path of [S, `${S}/${session.id}/turns`, `${S}/${session.id}/cancel`]) {
      const headers = { authorization: `Bearer ${server.token()}`, ...RAW }
      const response = await fetch(server.url + path, { method: 'POST', headers, body: form(good) })
      expect([path, response.status]).toEqual([path, 415])
    }
    expect(await snapshot()).toEqual(before)
  })

  it('does not follow a link that an agent has put there', async () => {
    const trapped = await server.open()
    const outside = join(server.dataDir, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'secret'), 'secret')
    symlinkSync(outside, folderOf(trapped))
    expect(await upload(trapped, ['a', 'x'])).toMatchObject({
      status: 409,
      body: { code: 'attachments_unusable' },
    })
    expect(readdirSync(outside)).toEqual(['secret'])
    const turn = await server.prompt(trapped.id, 'look', { attachments: ['attachments/secret'] })
    expect(turn).toMatchObject({ status: 400, body: { code: 'attachment_not_found' } })
  })
})

describe('a turn with attachments', () => {
  const heard = (events: Awaited<ReturnType<TestServer['events']>>) => JSON.parse(textsOf(events)[0]!)

  it('gives claude images as they are, all by their paths, and is on record', async () => {
    const session = await server.open()
    await upload(session, ['shot.png', PNG], ['my log.txt', 'text'])
    const attachments = ['attachments/shot.png', 'attachments/my log.txt']
    const prompt = script({ heard: true })
    expect((await server.prompt(session.id, prompt, { attachments })).status).toBe(202)
    await untilTurnEnd(server.eventsUrl(session.id), server.token())
    const events = await server.events(session.id)
    expect(events[0]).toMatchObject({
      kind: 'user',
      attachments: [
        { path: attachments[0], mediaType: 'image/png', bytes: PNG.length },
        { path: attachments[1], mediaType: 'application/octet-stream', bytes: 4 },
      ],
    })
    const [image, note, text] = heard(events)
    expect(image).toEqual({
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: sha256(PNG) },
    })
    for (const path of attachments) expect(note.text).toContain(join(session.workspace, path))
    expect(text.text).toBe(prompt)
    const { body } = await server.get(`${S}/${session.id}/transcript`)
    expect(body).toContain('- attachments/my log.txt (4 bytes)')
  })

  it('gives the shell their paths as arguments', async () => {
    const session = await server.open({ agent: 'shell' })
    await upload(session, ['a b', 'one'], ['c', 'two'])
    await server.prompt(session.id, 'cd / && cat "$@"', { attachments: ['attachments/a b', 'attachments/c'] })
    await untilTurnEnd(server.eventsUrl(session.id), server.token())
    expect(textsOf(await server.events(session.id)).join('')).toBe('onetwo')
  })

  it.each([
    ['one that is not there', ['attachments/none'], 'attachment_not_found'],
    ['a path out of the folder', ['attachments/../../../token'], 'attachment_not_found'],
    ['an absolute path', ['/etc/passwd'], 'attachment_not_found'],
    ['one that is there, and one that is not', ['attachments/a', 'attachments/b'], 'attachment_not_found'],
    ['no list', 'attachments/a', 'bad_request'],
    ['a list of something else', [5], 'bad_request'],
    ['too many', Array(21).fill('attachments/a'), 'bad_request'],
  ])('is refused with %s, and changes nothing', async (_what, attachments, code) => {
    const session = await server.open()
    await upload(session, ['a', 'x'])
    const before = [(await server.get(S)).body, await server.events(session.id)]
    const { status, body } = await server.prompt(session.id, 'look', { attachments })
    expect([status, body.code]).toEqual([400, code])
    expect([(await server.get(S)).body, await server.events(session.id)]).toEqual(before)
  })

  it('is another request than one with others, under the same key', async () => {
    const session = await server.open()
    await upload(session, ['a', 'x'], ['b', 'x'])
    const send = (attachments?: string[]) =>
      server.post(
        `${S}/${session.id}/turns`,
        { prompt: 'look', ...(attachments && { attachments }) },
        { 'idempotency-key': 'k' },
      )
    const first = await send(['attachments/a'])
    expect(first.status).toBe(202)
    await untilTurnEnd(server.eventsUrl(session.id), server.token())
    // The answer stands, though what was attached is gone by now.
    rmSync(join(folderOf(session), 'a'))
    expect(await send(['attachments/a'])).toMatchObject({ status: 202, body: first.body })
    for (const other of [['attachments/b'], [], undefined])
      expect(await send(other)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } })
  })

  it('begins with the same when the server died before its agent was started', async () => {
    // The one place is taken: the turn is on record, and its agent is not started yet.
    await using own = await startServer({ BREAKGLASS_MAX_TURNS: '1' })
    const first = await own.open()
    await own.prompt(first.id, script({ hang: true }))
    const session = await own.open()
    const client = createClient({ url: own.url, token: own.token() })
    const [file] = await client.upload(session.id, [new File([PNG], 'shot.png')])
    const attachments = [file!.path]
    await client.prompt(session.id, { prompt: script({ heard: true }), attachments })
    await own.kill()
    await own.start()
    await own.post(`${S}/${first.id}/cancel`)
    await readStream(own.eventsUrl(session.id), { token: own.token(), until: isTurnEnd })
    expect(heard(await own.events(session.id))[0]).toMatchObject({
      type: 'image',
      source: { data: sha256(PNG) },
    })
  })

  it('goes on when its agent has removed them and the server died', async () => {
    await using own = await startServer()
    const session = await own.open()
    const client = createClient({ url: own.url, token: own.token() })
    const [file] = await client.upload(session.id, [new File([PNG], 'shot.png')])
    const go = join(session.workspace, 'go')
    const prompt = script({ heard: true }, { await: go }, { say: 'done' })
    await client.prompt(session.id, { prompt, attachments: [file!.path] })
    await readStream(own.eventsUrl(session.id), {
      token: own.token(),
      until: (frame) => frame.data?.kind === 'text',
    })
    await own.kill()
    rmSync(folderOf(session), { recursive: true })
    await own.start()
    writeFileSync(go, '')
    await untilTurnEnd(own.eventsUrl(session.id), own.token())
    const events = await own.events(session.id)
    expect(textsOf(events).at(-1)).toBe('done')
    expect(events.at(-1)).toMatchObject({ outcome: 'completed' })
  })
})
