/** An event stream over a socket, whatever it tells: its head, and what keeps it warm. Knows no session and no cursor. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { takeSocket } from './stream-request.ts'

const HEADERS = {
  'content-type': 'text/event-stream',
  // no-transform and X-Accel-Buffering: proxies that compress or buffer would hold everything back.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

const RETRY_MS = 1_000

/** JSON has no bare CR or LF, so neither has a frame's data. */
export const frame = (event: string, data: unknown): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/** @returns the connection, which is the stream's alone from here on */
export function beginEventStream(response: ServerResponse): Socket {
  // In no chunks: the end of the connection is the end of the stream (RFC 9112, 6.3), and what is written is written as it
  // is, in one piece. A chunk's size and its end would be writes of their own, to each client.
  response.removeHeader('transfer-encoding')
  response.writeHead(200, HEADERS)
  response.write(`retry: ${RETRY_MS}\n\n`)
  return takeSocket(response)
}

/** Keeps it warm until it closes. */
export function keepEventStream(
  socket: Socket,
  { keepaliveMs, onClose }: { keepaliveMs: number; onClose: () => void },
) {
  let ready = true
  const keepalive = setInterval(() => {
    // Behind a full socket it would only wait with the rest.
    if (ready) socket.write(': keepalive\n\n')
  }, keepaliveMs)

  socket.on('drain', () => {
    ready = true
  })
  socket.on('close', () => {
    clearInterval(keepalive)
    onClose()
  })

  return {
    /** @returns false: no more until the socket has drained */
    write(frames: Buffer | string): boolean {
      keepalive.refresh()
      ready = socket.write(frames)
      return ready
    },
  }
}
