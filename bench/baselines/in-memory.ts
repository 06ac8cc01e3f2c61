/**
 * The sketch that breakglass grew from, in Node: all events in a list in memory; a queue per client, in which each event
 * is encoded anew when it is that client's turn.
 */
import { once } from 'node:events'
import { CAUGHT_UP, SSE_HEADERS, serve } from './serve.ts'

type Event = { kind: string; id: number; [field: string]: unknown }
type Queue = { events: Event[]; wake: () => void }

let log: Event[] = []
const subscribers = new Set<Queue>()
let rest = ''

function addEvent(event: { kind: string; [field: string]: unknown }): void {
  const stored = { ...event, id: log.length }
  log.push(stored)
  for (const queue of [...subscribers]) {
    queue.events.push(stored)
    queue.wake()
  }
}

const frame = (event: Event): string => `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`

async function* attachStream(after: number): AsyncGenerator<string> {
  const queue: Queue = { events: [], wake: () => {} }
  subscribers.add(queue)
  try {
    let seen = after
    for (const event of log.slice(after + 1)) {
      seen = event.id
      yield frame(event)
    }
    yield CAUGHT_UP
    for (;;) {
      if (queue.events.length === 0)
        await new Promise<void>((resolve) => {
          queue.wake = resolve
        })
      const event = queue.events.shift()!
      if (event.id <= seen) continue
      seen = event.id
      yield frame(event)
    }
  } finally {
    subscribers.delete(queue)
  }
}

function translate(line: string): void {
  const message = JSON.parse(line)
  if (message.type !== 'assistant') return
  for (const { text } of message.message.content)
    addEvent({ kind: 'text', at: new Date().toISOString(), turn: 1, text })
}

serve({
  plain: false,
  async attach(request, response) {
    response.writeHead(200, SSE_HEADERS)
    const closed = once(response, 'close')
    const frames = attachStream(Number(request.headers['last-event-id'] ?? -1))
    closed.then(() => frames.return(undefined))
    for await (const text of frames) {
      if (response.destroyed) return
      if (!response.write(text)) await Promise.race([once(response, 'drain'), closed])
    }
  },
  clear() {
    log = []
    rest = ''
  },
  prompt(prompt) {
    addEvent({ kind: 'user', text: prompt })
  },
  chunk(chunk) {
    const lines = (rest + chunk.toString('utf8')).split('\n')
    rest = lines.pop()!
    for (const line of lines) translate(line)
  },
})
