/**
 * What all baselines have in common: bare node:http, one topic, and the agent as a child whose stdout is a pipe. No
 * credential, nothing stored. `PUT /` empties the log, `GET /` attaches, `POST /` begins a turn.
 */
import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

const AGENT = join(import.meta.dirname, '../agent.mjs')

export type Baseline = {
  /** Whether its agent prints what it sends, or stream-json that it translates. */
  plain: boolean
  attach(request: IncomingMessage, response: ServerResponse): void
  /** Its log is to be empty. */
  clear(): void
  /** A turn begins. */
  prompt?(text: string): void
  /** What the agent has said, as it was read. */
  chunk(chunk: Buffer): void
}

export const SSE_HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }
export const CAUGHT_UP = 'event: caught-up\ndata: {}\n\n'

function play(baseline: Baseline, prompt: string): void {
  baseline.prompt?.(prompt)
  const child = spawn(process.execPath, [AGENT, ...(baseline.plain ? ['--plain'] : [])], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdout.on('data', baseline.chunk)
  const message = { type: 'user', message: { role: 'user', content: [{ type: 'text', text: prompt }] } }
  child.stdin.end(baseline.plain ? `${prompt}\n` : `${JSON.stringify(message)}\n`)
}

export function serve(baseline: Baseline): void {
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return baseline.attach(request, response)
    if (request.method === 'PUT') baseline.clear()
    else play(baseline, await text(request))
    response.end()
  })
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    process.stdout.write(`listening on http://127.0.0.1:${port}\n`)
  })
  process.on('SIGTERM', () => process.exit())
}
