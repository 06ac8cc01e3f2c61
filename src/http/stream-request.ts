/**
 * A request for a stream, the last one on its connection: node:http takes it for an upgrade, gives the socket out and lets
 * go of its parser. A parser is most of what a client that only waits would hold (docs/performance.md).
 */
import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { wantedType } from './accept.ts'

type Answering = { _httpMessage?: ServerResponse | null }

export const isForStream = ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean =>
  method === 'GET' && wantedType(headers.accept) === 'stream'

export class Incoming extends IncomingMessage {
  /** Where Node looks whether it has an upgrade before it. To CONNECT it answers by closing, as ever. */
  get upgrade(): boolean {
    return this.method === 'CONNECT' || isForStream(this)
  }
  /** What the parser makes of the request: nobody here upgrades to anything else. */
  set upgrade(_) {}
}

/** @param onRequest who answers them, as all others */
export function createStreamRequests(onRequest: RequestListener) {
  const sockets = new Set<Socket>()
  let isClosed = false

  const begin = (request: IncomingMessage, socket: Socket & Answering): void => {
    if (socket.destroyed) return
    // Pipelined: those before it are answered first.
    if (socket._httpMessage) return void socket._httpMessage.once('close', () => begin(request, socket))
    // Node's, for the next request.
    socket.setTimeout(0)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket)
    // It was no stream after all: a refusal, most likely.
    response.on('finish', () => socket.destroySoon())
    response.on('close', () => request.destroy())
    onRequest(request, response)
  }

  return {
    /** For `upgrade`: from here on all listeners of the socket are ours. */
    answer(request: IncomingMessage, socket: Socket & Answering): void {
      if (isClosed) return void socket.destroy()
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      // A connection that breaks is how most streams end.
      socket.on('error', () => {})
      socket.on('end', () => socket.end())
      socket.on('drain', () => socket._httpMessage?.emit('drain'))
      // What the client says behind its request is dropped; unread, it would hide that the client leaves.
      socket.resume()
      begin(request, socket)
    },
    /** Node's server does not close what it has given out. */
    close(): void {
      isClosed = true
      for (const socket of sockets) socket.destroy()
    },
  }
}

export type StreamRequests = ReturnType<typeof createStreamRequests>

/** The socket by itself, when the head has been written: request, response and all that hangs on them can go. */
export function takeSocket(response: ServerResponse): Socket {
  const socket = response.socket!
  response.detachSocket(socket)
  return socket
}
