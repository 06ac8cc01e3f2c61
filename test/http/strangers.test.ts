import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
import { makeSelfSigned } from '../../src/cli/self-signed.ts'
import { createNodeServer } from '../../src/http/node-server.ts'
import { createStrangers } from '../../src/http/strangers.ts'
import { createStreamRequests } from '../../src/http/stream-request.ts'

/** A server that knows everybody who asks it something. */
async function given(max: number) {
  const tls = await makeSelfSigned(['localhost'], new Date())
  const strangers = createStrangers(max)
  const onRequest: RequestListener = (request, response) => {
    strangers.letIn(request.socket)
    response.end('known')
  }
  const streamRequests = createStreamRequests(onRequest)
  const server = createNodeServer(onRequest, { tls, strangers, streamRequests })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(async () => {
    server.closeAllConnections()
    await once(server.close(), 'close')
  })
  const closedBy = (socket: Socket): Promise<unknown> =>
    new Promise((resolve) => socket.on('error', () => {}).once('close', resolve))
  const open = async (address = '127.0.0.1') => {
    const accepted = once(server, 'connection')
    const socket = connect({ port, host: '127.0.0.1', localAddress: address })
    onTestFinished(() => void socket.destroy())
    const [other] = (await accepted) as [Socket]
    return { socket, closed: closedBy(socket), there: other, closedThere: closedBy(other) }
  }
  const openTls = async () => {
    const socket = connectTls({ port, host: '127.0.0.1', ca: tls.cert, servername: 'localhost' })
    onTestFinished(() => void socket.destroy())
    await once(socket, 'secureConnect')
    return socket
  }
  return { open, openTls, strangers }
}

const ask = async (socket: Socket): Promise<string> => {
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  return String((await once(socket, 'data'))[0])
}

test('who is known over TLS keeps the socket, and strangers make room for each other', async () => {
  const { open, openTls } = await given(2)
  const known = await openTls()
  expect(await ask(known)).toContain('known')
  const [first, second, third] = [await open(), await open(), await open()]
  await first.closed
  const fourth = await open('127.0.0.2')
  await second.closed
  for (const { socket } of [third, fourth]) expect(socket.closed).toBe(false)
  expect(await ask(known)).toContain('known')
})

test('one address with many makes room before another with few', async () => {
  const { open } = await given(3)
  const alone = await open('127.0.0.2')
  const [oldest, newest] = [await open(), await open()]
  await open()
  await oldest.closed
  for (const { socket } of [alone, newest]) expect(socket.closed).toBe(false)
})

test('a stranger who leaves makes room', async () => {
  const { open } = await given(2)
  const [oldest, left] = [await open(), await open()]
  left.socket.destroy()
  await left.closedThere
  await open()
  expect(oldest.there.destroyed).toBe(false)
  await open()
  await oldest.closed
})

test('one that was reset before it was taken in counts for nothing', async () => {
  const { open, strangers } = await given(2)
  for (let i = 0; i < 3; i++) strangers.add(new Socket())
  const [first] = [await open(), await open()]
  expect(first.there.destroyed).toBe(false)
})

test('one that has the address and port of another, of whose end nothing was heard yet, takes its place', async () => {
  const { open, strangers } = await given(2)
  const first = await open()
  strangers.add(first.there)
  await open()
  expect(first.there.destroyed).toBe(false)
})
