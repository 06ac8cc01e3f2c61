/**
 * The sockets on which nobody has shown a credential. There are so many at most; with one more, the oldest of the
 * address that has the most is closed. So whoever comes finds a place, and who is in keeps it, however many others hold
 * on to theirs.
 */
import type { Socket } from 'node:net'
import { LIMITS } from '../runtime/limits.ts'

type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>

export function createStrangers(max: number = LIMITS.strangerConnectionsMax) {
  /** By address and by port: a socket of TLS is another object than the one that it came in as. The oldest first. */
  const byAddress = new Map<string, Map<number, Socket>>()
  let count = 0

  const forget = ({ remoteAddress: address = '', remotePort: port = 0 }: Peer): void => {
    const own = byAddress.get(address)
    if (!own?.delete(port)) return
    count--
    if (own.size === 0) byAddress.delete(address)
  }

  const oldestOfMost = (): Socket | undefined => {
    let most = new Map<number, Socket>()
    for (const own of byAddress.values()) if (own.size > most.size) most = own
    return most.values().next().value
  }

  return {
    add(socket: Socket): void {
      // Kept, as of a socket that is closed they may not be known any more.
      const { remoteAddress: address, remotePort: port } = socket
      // Reset before it was taken in.
      if (address === undefined || port === undefined) return
      const own = byAddress.get(address) ?? new Map<number, Socket>()
      if (!own.has(port)) count++
      byAddress.set(address, own.set(port, socket))
      socket.once('close', () => {
        if (own.get(port) === socket) forget({ remoteAddress: address, remotePort: port })
      })
      if (count <= max) return
      const oldest = oldestOfMost()
      if (oldest === undefined) return
      forget(oldest)
      oldest.destroy()
    },
    /** Somebody is known on this one: it counts no more. */
    letIn: forget,
  }
}

export type Strangers = ReturnType<typeof createStrangers>
