/**
 * A port that nobody listens at: for a server that is to be found at the same place when it is started again. It is
 * below those that the system gives away: none of its own connections takes it while the server is down.
 */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Linux gives away 32,768 and up, macOS 49,152. */
const [FIRST, BEHIND] = [10_000, 32_768]

export async function findFreePort(): Promise<number> {
  const port = randomInt(FIRST, BEHIND)
  const server = createServer().listen(port, '127.0.0.1')
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  if (!isFree) return findFreePort()
  server.close()
  await once(server, 'close')
  return port
}
