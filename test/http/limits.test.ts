/** What one client can take of the server, and that the others go on. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/runtime/limits.ts'
import { type Device, pairDevice } from '../support/device.ts'
import { exchange } from '../support/raw-request.ts'
import { startServer, type TestServer } from '../support/server.ts'

let server: TestServer
let port: number
beforeAll(async () => {
  server = await startServer()
  port = Number(new URL(server.url).port)
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const head = (method: string, path: string, ...more: string[]): string =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${more.map((line) => `${line}\r\n`).join('')}\r\n`
const OWN_PAGE = ['Origin: http://localhost', 'X-Breakglass: 1']
const last = (...more: string[]): string => head('GET', '/healthz', 'Connection: close', ...more)
const statuses = (answers: string): string[] => answers.match(/(?<=HTTP\/1\.1 )\d+/g) ?? []

async function connected(from = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  await once(socket, 'connect')
  return socket
}

describe.concurrent('a client', () => {
  test('that asks too often is told so, and for how long, while others and those with a token go on', async () => {
    const from = '127.7.7.7'
    const requests = LIMITS.strangerRequestsPerMinuteMax
    const many = head('GET', '/healthz').repeat(requests - 1)
    const allowed = statuses(await exchange(port, many + last(), { from }))
    expect(allowed.filter((status) => status === '200')).toHaveLength(requests)
    const answers = await exchange(port, last(), { from })
    expect(statuses(answers)).toEqual(['429'])
    expect(answers).toMatch(/^retry-after: ([1-9]|[1-5]\d|60)\r$/im)
    expect(answers).toContain('"code":"too_many_requests"')
    expect(statuses(await exchange(port, last(), { from: '127.7.7.8' }))).toEqual(['200'])
    const token = `Authorization: Bearer ${server.token()}`
    expect(statuses(await exchange(port, last(token), { from }))).toEqual(['200'])
    expect(statuses(await exchange(port, last('Authorization: Bearer wrong'), { from }))).toEqual(['429'])
  })

  test('that no gate lets through uses up nothing, of its own or of others at its address', async () => {
    const from = '127.7.7.9'
    const { cookie } = await pairDevice(server, 'phone')
    const foreign = 'Sec-Fetch-Site: same-site'
    for (const [headers, max] of [
      [[], LIMITS.strangerRequestsPerMinuteMax],
      [[`Cookie: ${cookie}`], LIMITS.callerRequestsPerMinuteMax],
    ] as const) {
      const answers = await exchange(
        port,
        head('GET', '/healthz', foreign, ...headers).repeat(max) + last(foreign, ...headers),
        { from },
      )
      expect(new Set(statuses(answers))).toEqual(new Set(['403']))
      expect(statuses(await exchange(port, last(...headers), { from }))).toEqual(['200'])
    }
  })

  test('that is a device asks too often for itself alone', async () => {
    const [phone, tablet] = [await pairDevice(server, 'phone'), await pairDevice(server, 'tablet')]
    const of = ({ cookie }: Device) => `Cookie: ${cookie}`
    const from = '127.7.7.10'
    const many = head('GET', '/healthz', of(phone)).repeat(LIMITS.callerRequestsPerMinuteMax)
    expect(statuses(await exchange(port, many + last(of(phone)), { from })).at(-1)).toBe('429')
    const token = `Authorization: Bearer ${server.token()}`
    for (const other of [of(tablet), token])
      expect(statuses(await exchange(port, last(other), { from }))).toEqual(['200'])
  })

  test('that does not get to the end of its headers is told so, and cut off', async () => {
    expect(await exchange(port, 'GET /healthz HTTP/1.1\r\nHost: local')).toMatch(
      /^HTTP\/1\.1 408 .*"code":"request_timeout"/s,
    )
  })

  test('that is not in, and does not get to the end of its body, is told so, and cut off', async () => {
    const json = ['Content-Type: application/json', 'Content-Length: 20']
    const begun = `${head('POST', '/api/login', ...OWN_PAGE, ...json)}{`
    expect(await exchange(port, begun)).toMatch(/^HTTP\/1\.1 408 .*"code":"request_timeout"/s)
  })

  test('that is refused, and goes on sending, is cut off; one that has sent all may ask again', async () => {
    const patient = await connected()
    const refused = head('POST', '/api/sessions', 'Content-Length: 2')
    patient.write(`${refused}{}`)
    const answer = await exchange(port, `${head('POST', '/api/sessions', 'Content-Length: 1000')}{`)
    expect(statuses(answer)).toEqual(['403'])
    let answers = ''
    patient.setEncoding('latin1').on('data', (text) => {
      answers += text
    })
    patient.write(last())
    await once(patient, 'close')
    expect(statuses(answers)).toEqual(['403', '200'])
  })

  test('that is refused is not invited to send a body, and one that is let in is', async () => {
    const invited = (...more: string[]) =>
      head('POST', '/api/sessions', 'Expect: 100-continue', 'Content-Length: 4', 'Connection: close', ...more)
    expect(statuses(await exchange(port, invited()))).toEqual(['403'])
    const token = `Authorization: Bearer ${server.token()}`
    const json = 'Content-Type: application/json'
    expect(statuses(await exchange(port, `${invited(token, json)}nope`))).toEqual(['100', '400'])
  })
})

describe('connections', () => {
  const token = () => `Authorization: Bearer ${server.token()}`
  /** As many at once as the kernel keeps for a server that is busy. */
  async function connectAll(count: number, from: string, bytes: string): Promise<Socket[]> {
    const sockets: Socket[] = []
    while (sockets.length < count)
      sockets.push(...(await Promise.all(Array.from({ length: 256 }, () => connected(from)))))
    for (const socket of sockets) socket.on('error', () => {}).write(bytes)
    return sockets
  }
  /** Not once(), which fails when the end is a reset. */
  const endOf = (socket: Socket): Promise<unknown> =>
    new Promise((resolve) => (socket.closed ? resolve(null) : socket.resume().once('close', resolve)))
  const answerOf = async (socket: Socket, ...headers: string[]): Promise<string> => {
    socket.write(last(...headers))
    return String((await once(socket, 'data'))[0])
  }

  test('of strangers beyond what is allowed make room: of whoever has the most, the oldest first', async () => {
    const known = await connected('127.8.8.1')
    known.write(head('GET', '/healthz', token()))
    await once(known, 'data')
    const alone = await connected('127.8.8.2')
    const begun = head(
      'POST',
      '/api/login',
      ...OWN_PAGE,
      'Content-Type: application/json',
      'Content-Length: 20',
    )
    const many = await connectAll(LIMITS.strangerConnectionsMax, '127.8.8.1', `${begun}{`)
    await endOf(many[0]!)
    expect(many.at(-1)!.closed).toBe(false)
    expect(await answerOf(known, token())).toMatch(/^HTTP\/1\.1 200 /)
    expect(await answerOf(alone)).toMatch(/^HTTP\/1\.1 200 /)
    expect(statuses(await exchange(port, last(token()), { from: '127.8.8.1' }))).toEqual(['200'])
    for (const socket of many) socket.destroy()
  })

  test('of those who are in are closed beyond what is allowed, and the others go on', async () => {
    const first = await connected()
    first.write(head('GET', '/healthz', token()))
    await once(first, 'data')
    const others: Socket[] = []
    while (others.length < LIMITS.connectionsMax) {
      // An address has not ports enough for all of them, and for those that ended a minute ago.
      const from = `127.8.9.${others.length / 512 + 1}`
      const more = await connectAll(512, from, head('GET', '/healthz', token()))
      // One that is over the limit is closed without a word.
      await Promise.all(
        more.map((socket) => new Promise((resolve) => socket.once('data', resolve).once('close', resolve))),
      )
      others.push(...more)
    }
    expect(others.some((socket) => socket.destroyed)).toBe(true)
    expect(await answerOf(first, token())).toMatch(/^HTTP\/1\.1 200 /)
    for (const socket of others) socket.destroy()
  })
})
