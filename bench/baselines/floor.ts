/**
 * The floor: what has to be done, and nothing else. `frame` writes each event to each client as it comes, `chunk` writes
 * once for whatever was read at once. No log and no state, save the frames of the turn for those who want to have them
 * replayed: those it has in memory, as they were sent.
 */
import type { ServerResponse } from 'node:http'
import { CAUGHT_UP, SSE_HEADERS, serve } from './serve.ts'

const perChunk = process.argv[2] === 'chunk'
const clients = new Set<ServerResponse>()
let sent: Buffer[] = []
let rest = ''
let id = 0

const send = (frames: string): void => {
  const bytes = Buffer.from(frames)
  sent.push(bytes)
  for (const client of clients) client.write(bytes)
}

serve({
  plain: true,
  attach(_, response) {
    response.writeHead(200, SSE_HEADERS)
    for (const bytes of sent) response.write(bytes)
    response.write(CAUGHT_UP)
    clients.add(response)
    response.on('close', () => clients.delete(response))
  },
  clear() {
    sent = []
    rest = ''
    id = 0
  },
  chunk(chunk) {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop()!
    const frames = lines.map((line) => `id: ${id++}\ndata: ${line}\n\n`)
    if (perChunk) send(frames.join(''))
    else for (const frame of frames) send(frame)
  },
})
