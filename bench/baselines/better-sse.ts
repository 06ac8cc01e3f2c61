/** The peer `better-sse`: its channel broadcasts each line. Lines are sent as they are read, which is its best case. */
import { createChannel, createSession } from 'better-sse'
import { CAUGHT_UP, serve } from './serve.ts'

const channel = createChannel()
let rest = ''
let id = 0

serve({
  plain: true,
  async attach(request, response) {
    const session = await createSession(request, response, { serializer: String, keepAlive: null })
    response.write(CAUGHT_UP)
    channel.register(session)
  },
  clear() {
    rest = ''
    id = 0
  },
  chunk(chunk) {
    const lines = (rest + chunk.toString('utf8')).split('\n')
    rest = lines.pop()!
    for (const line of lines) channel.broadcast(line, 'message', { eventId: String(id++) })
  },
})
