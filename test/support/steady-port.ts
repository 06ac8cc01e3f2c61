/** A port that a server can have again after each crash. */
import { once } from 'node:events'
import { createServer } from 'node:net'

// Below the range from which the kernel takes ports for outgoing connections (net.ipv4.ip_local_port_range): a client
// that asks a dead server must not be given that very port, and so find itself.
const FIRST = 20_000
const LAST = 30_000

export async function findSteadyPort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    if (await isFree(port)) return port
  }
  throw new Error(`no port from ${FIRST} to ${LAST} is free`)
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer()
  try {
    probe.listen(port, '127.0.0.1')
    await once(probe, 'listening')
    return true
  } catch {
    return false
  } finally {
    probe.close()
  }
}
