/**
 * A server that does what it is told: one script for each request, in order, the last for all that follow.
 * Knows how a frame is written, and nothing of sessions.
 */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Event, SessionState } from '../../src/machines/events.ts'

export type Visit = { request: IncomingMessage; response: ServerResponse; closed: Promise<void> }
export type Script = (visit: Visit) => void

export async function startScriptedServer(...scripts: Script[]) {
  const visits: Visit[] = []
  const waiting: (() => void)[] = []
  const server = createServer((request, response) => {
    const visit = { request, response, closed: once(response, 'close').then(() => {}) }
    visits.push(visit)
    for (const wake of waiting.splice(0)) wake()
    const script = scripts[Math.min(visits.length, scripts.length) - 1]
    script?.(visit)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    url: `${origin}/api/sessions/ID/events`,
    visits,
    /** The request with this number, from 0; waits for it. */
    async visit(index: number): Promise<Visit> {
      while (visits.length <= index) await new Promise<void>((resolve) => waiting.push(resolve))
      return visits[index]!
    },
    cursors: () => visits.map((visit) => visit.request.headers['last-event-id']),
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** An event of the log, with some text in it. */
export function event(id: number, text = `text ${id}`): Event {
  return { id, at: '2026-11-22T10:00:00.000Z', kind: 'text', turn: 1, text, block: id }
}

export function events(from: number, to: number): Event[] {
  return Array.from({ length: to - from + 1 }, (_, index) => event(from + index))
}

export function frame(data: Event): string {
  return `id: ${data.id}\ndata: ${JSON.stringify(data)}\n\n`
}

export function named(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

export function caughtUp(lastEventId: number, state: SessionState = 'idle'): string {
  return named('caught-up', { lastEventId, state })
}

/** What an honest server sends to a client that has everything up to `cursor`. */
export function replay(log: Event[], cursor = -1): string {
  const due = log.filter(({ id }) => id > cursor)
  return `retry: 1000\n\n${due.map(frame).join('')}${caughtUp(log.length - 1)}`
}

export function cursorOf(visit: Visit): number {
  return Number(visit.request.headers['last-event-id'] ?? -1)
}

/** Writes the parts and leaves the stream open. */
export function stream(...parts: (string | Uint8Array)[]): Script {
  return ({ response }) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.flushHeaders()
    for (const part of parts) response.write(part)
  }
}

/** Writes the text and ends the stream properly. */
export function streamAndEnd(text: string | Uint8Array): Script {
  return (visit) => {
    stream()(visit)
    visit.response.end(text)
  }
}

/** Replays the log from the client's cursor and leaves the stream open. */
export function honest(log: Event[]): Script {
  return (visit) => stream(replay(log, cursorOf(visit)))(visit)
}

export function answer(status: number, body: unknown = '', headers: Record<string, string> = {}): Script {
  return ({ response }) => {
    response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}
