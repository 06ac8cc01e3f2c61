/** A connection that becomes a stream, over Node's server alone. */
import { EventEmitter, once } from 'node:events'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { makeSelfSigned } from '../../src/cli/self-signed.ts'
import { beginEventStream } from '../../src/http/event-stream.ts'
import { createNodeServer, type Tls } from '../../src/http/node-server.ts'
import { createStreamRequests } from '../../src/http/stream-request.ts'

const CHUNK = Buffer.alloc(256 * 1024)
const CHUNKS = 32

async function given({ tls = null }: { tls?: Tls | null } = {}) {
  const events = new EventEmitter<{
    stream: [socket: Socket, of: WeakRef<IncomingMessage | ServerResponse>[]]
    late: [answer: () => void]
    over: []
  }>()
  const onRequest: RequestListener = (request, response) => {
    request.on('close', () => events.emit('over'))
    if (request.url === '/late') events.emit('late', () => response.end('late'))
    else if (request.url === '/large') Readable.from(Array<Buffer>(CHUNKS).fill(CHUNK)).pipe(response)
    else {
      const refs = [new WeakRef(request), new WeakRef(response)]
      events.emit('stream', beginEventStream(response), refs)
    }
  }
  const streamRequests = createStreamRequests(onRequest)
  const server = createNodeServer(onRequest, { tls, strangers: { add() {} }, streamRequests })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const close = async (): Promise<void> => {
    streamRequests.close()
    server.closeAllConnections()
    await once(server.close(), 'close')
  }
  onTestFinished(async () => void (server.listening && (await close())))

  const { port } = server.address() as AddressInfo
  const client =
    tls === null
      ? connect(port, '127.0.0.1')
      : connectTls({ port, host: '127.0.0.1', ca: tls.cert, servername: 'localhost' })
  onTestFinished(() => void client.destroy())
  let bytes = 0
  let text = ''
  client.on('data', (data) => {
    bytes += data.length
    text = (text + data.toString('latin1')).slice(0, 10_000)
  })
  return {
    events,
    client,
    close,
    closed: once(client, 'close'),
    get bytes() {
      return bytes
    },
    get text() {
      return text
    },
    async attach(behind = ''): Promise<[Socket, WeakRef<IncomingMessage | ServerResponse>[]]> {
      const begun = once(events, 'stream')
      client.write(get('/', STREAM) + behind)
      return begun as ReturnType<typeof this.attach>
    },
  }
}

const STREAM = 'Accept: text/event-stream'
const get = (path: string, ...headers: string[]): string =>
  `GET ${path} HTTP/1.1\r\n${['Host: localhost', ...headers].map((line) => `${line}\r\n`).join('')}\r\n`

test.for(['http', 'https'])(
  'of a stream over %s that has begun nothing is left but its socket',
  async (protocol) => {
    const tls = protocol === 'https' ? await makeSelfSigned(['localhost'], new Date()) : null
    const there = await given({ tls })
    const [socket, refs] = await there.attach()
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    await expect
      .poll(() => {
        collect()
        return refs.every((ref) => ref.deref() === undefined)
      })
      .toBe(true)
    expect(socket).toMatchObject({ parser: null, destroyed: false })
  },
)

test('what a client says behind its request for a stream changes nothing, and that it leaves is seen', async () => {
  const there = await given()
  const [socket] = await there.attach(get('/late'))
  socket.write('the end')
  there.client.end('no HTTP at all\r\n\r\n')
  await once(socket, 'close')
  await there.closed
  expect(there.text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nretry: 1000\n\nthe end$/)
})

test('a client may reset its connection', async () => {
  const there = await given()
  const [socket] = await there.attach()
  there.client.resetAndDestroy()
  await new Promise((resolve) => socket.once('close', resolve))
  expect(socket.errored).toMatchObject({ code: 'ECONNRESET' })
})

test('requests before one for a stream are answered first, on the same connection', async () => {
  const there = await given()
  const answers: (() => void)[] = []
  there.events.on('late', (answer) => answers.push(answer))
  const begun = once(there.events, 'stream')
  there.client.write(get('/late') + get('/late') + get('/', STREAM))
  await expect.poll(() => answers.length).toBe(2)
  for (const answer of answers) answer()
  const [socket] = await begun
  // What Node had set for the next request.
  expect(socket.timeout).toBe(0)
  socket.end()
  await there.closed
  expect(there.text.match(/^late|retry/gm)).toEqual(['late', 'late', 'retry'])
})

test('whoever wants a stream of what is none gets all of it, and the connection ends', async () => {
  const there = await given()
  const over = once(there.events, 'over')
  there.client.write(get('/large', STREAM))
  await there.closed
  await over
  expect(there.text).toMatch(/^connection: close\r$/im)
  expect(there.bytes).toBeGreaterThan(CHUNKS * CHUNK.length)
})

test('a server that closes ends its streams', async () => {
  const there = await given()
  await there.attach()
  await there.close()
  await there.closed
})
