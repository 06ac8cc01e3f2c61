/** Requests byte by byte, as no client library would send them. */
import { connect } from 'node:net'

/**
 * @param way.from another address of loopback makes it another client, to whoever counts them
 * @param way.until hangs up when this has come
 * @returns all that came back until the connection was closed
 */
export function exchange(
  port: number,
  bytes: string | Buffer,
  { from = '127.0.0.1', to = '127.0.0.1', until }: { from?: string; to?: string; until?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: to, localAddress: from })
    let text = ''
    socket.setEncoding('latin1')
    socket.on('connect', () => socket.write(bytes as string, 'latin1'))
    socket.on('data', (chunk) => {
      text += chunk
      if (until !== undefined && text.includes(until)) socket.destroy()
    })
    socket.on('close', () => resolve(text))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // The server was done with us: what it said before counts.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
  })
}

/** @returns an address of loopback, another one for each of 16 million numbers */
export const loopback = (number: number): string =>
  `127.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255 || 1}`
