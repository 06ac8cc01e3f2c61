/** Clients that send a byte now and then and never come to an end: a server that waits for them has no room for others. */
import { connect, type Socket } from 'node:net'

/** What they begin with, and go on with for ever: a head, and a body that nobody wants. */
const SLOW: [begun: string, byte: string][] = [
  ['GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ', 'x'],
  ['GET /', 'x'],
  ['POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n', '{'],
  ['POST /api/sessions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\nx\r\n'],
]

/** @param count how many there are at any time; one that is cut off is followed by another, until `ended` */
export function createSlowClients(port: number, count: number) {
  const open = new Map<Socket, string>()
  let cutOff = 0
  let isOver = false
  let allGone = (): void => {}

  const begin = (which: number): void => {
    const [begun, byte] = SLOW[which % SLOW.length]!
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.1.1.${1 + (which % 250)}` })
    open.set(socket, byte)
    socket.on('error', () => {})
    socket.on('close', () => {
      open.delete(socket)
      cutOff++
      if (!isOver) begin(which)
      else if (open.size === 0) allGone()
    })
    socket.resume().write(begun)
  }
  for (let which = 0; which < count; which++) begin(which)

  return {
    /** Each sends a little more. */
    trickle(): void {
      for (const [socket, byte] of open) if (socket.writable) socket.write(byte)
    },
    /** Waits until the server has cut the last of them off. @returns how many it has cut off in all */
    async ended(): Promise<number> {
      isOver = true
      if (open.size > 0)
        await new Promise<void>((resolve) => {
          allGone = resolve
        })
      return cutOff
    },
  }
}
