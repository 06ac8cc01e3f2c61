/**
 * A simulated client that follows one session: the production client library over simulated connections. It can stop
 * reading for a while, be cut off, and come back.
 */
import { type Attachment, attach } from '../../src/client/index.ts'
import { streamSession } from '../../src/http/sse.ts'
import { CodedError } from '../../src/runtime/errors.ts'
import type { Session } from '../../src/runtime/session.ts'
import { type Connection, createConnection } from './connection.ts'
import { SETTINGS } from './knobs.ts'
import type { Recorder } from './recorder.ts'
import type { SimulatedServer } from './server.ts'
import type { Tasks } from './tasks.ts'
import type { Time } from './time.ts'

export type Reader = ReturnType<typeof createReader>

/** Where a reader begins: with nothing, with what it has, or as if the server's log had been restored from a backup. */
export type From = 'nothing' | 'what it has' | 'beyond the head'

export function createReader(
  deps: {
    time: Time
    tasks: Tasks
    recorder: Recorder
    server: () => SimulatedServer | null
    /** Which one it would follow now. */
    currentSession: () => string
  },
  name: string,
) {
  const { time, tasks, recorder } = deps
  let session = deps.currentSession()
  let attachments = 0
  let connections = 0
  let attachment: { stream: string; items: Attachment; stop: AbortController } | null = null
  let connection: { stream: string; wire: Connection } | null = null
  let cursor = -1
  let paused: PromiseWithResolvers<void> | null = null

  const connect = async (of: string, init: RequestInit = {}): Promise<Response> => {
    const given = new Headers(init.headers).get('last-event-id')
    const after = given === null ? -1 : Number(given)
    await tasks.whenDue()
    const server = deps.server()
    if (!server?.ready) throw new TypeError('fetch failed')
    init.signal?.throwIfAborted()
    const found = await time.within(server.life, () => server.sessions.get(of).catch(refusal))
    if (!server.ready) throw new TypeError('fetch failed')
    if ('status' in found) return found
    noteCursor(found, after)
    const stream = `${name}, connection ${++connections}`
    const wire = createConnection({
      ...{ time, tasks, life: server.life },
      onItem: (item) => recorder.record({ type: 'received', stream, item }),
      onDropped: () => recorder.see('slow reader dropped'),
    })
    connection = { stream, wire }
    recorder.record({ type: 'attached', stream, session: of, after })
    time.within(server.life, () =>
      streamSession(wire.socket, found, {
        ...{ after, keepaliveMs: SETTINGS.keepaliveMs, replays: server.replays },
        onClose() {},
      }),
    )
    return {
      ...{ status: 200, headers: new Headers({ 'content-type': 'text/event-stream' }) },
      body: { getReader: () => wire.reader },
    } as unknown as Response
  }

  const noteCursor = ({ log }: Session, after: number): void => {
    const head = log.fold.lastEventId
    recorder.see('attached at the head', after === head)
    recorder.see('attached beyond the head', after > head)
    if (after >= head) return
    const reaches = (cursor: number): boolean => log.readTail(cursor, 1) !== null
    recorder.see('attached below the tail', !reaches(after))
    recorder.see('attached at the edge of the tail', after >= 0 && reaches(after) && !reaches(after - 1))
  }

  const follow = async (stream: string, items: Attachment): Promise<void> => {
    for await (const item of items) {
      recorder.record({ type: 'received', stream, item })
      if (item.type === 'event') cursor = item.event.id
      if (item.type === 'reset') cursor = -1
      if (item.type === 'partial') recorder.see(item.text === '' ? 'block taken back' : 'partial shown')
      await paused?.promise
    }
  }

  return {
    /** Leaves, if it was there, and comes anew. */
    attach(from: From): void {
      attachment?.stop.abort()
      paused?.resolve()
      paused = null
      if (session !== deps.currentSession()) cursor = -1
      session = deps.currentSession()
      const of = session
      const after = { nothing: -1, 'what it has': cursor, 'beyond the head': cursor + 100 }[from]
      cursor = after
      const stream = `${name}, attachment ${++attachments}`
      const stop = new AbortController()
      const items = attach(`http://simulated/api/sessions/${session}/events`, {
        ...{ lastEventId: after, signal: stop.signal },
        fetch: ((_url, init) => connect(of, init)) as typeof fetch,
        ...{ random: () => 0.5, now: () => time.now },
      })
      attachment = { stream, items, stop }
      connection = null
      recorder.record({ type: 'attached', stream, session, after })
      follow(stream, items).catch((error: unknown) => {
        recorder.record({ type: 'despaired', stream, why: String(error) })
        if (attachment?.stream === stream) attachment = null
      })
    },
    /** Its network goes when `bytes` more have come. */
    cut(bytes: number): void {
      if (!connection?.wire.isOpen) return
      recorder.see('stream cut')
      recorder.see('stream cut in a frame', connection.wire.cut(bytes))
    },
    /** The page is shown again: it connects at once. */
    reconnect(): void {
      if (!connection?.wire.isOpen) attachment?.items.reconnect()
    },
    pause(): void {
      if (attachment === null) return
      paused ??= Promise.withResolvers()
      recorder.see('reader slow')
    },
    resume(): void {
      paused?.resolve()
      paused = null
    },
    /** What it has now comes over these. */
    streams: (): string[] =>
      [attachment, attachment && connection].flatMap((one) => (one === null ? [] : [one.stream])),
    leave: (): void => attachment?.stop.abort(),
  }
}

/** As the client reads it. */
function refusal(error: unknown): Response {
  if (!(error instanceof CodedError)) throw error
  const chunks = [{ value: Buffer.from(JSON.stringify({ code: error.code })), done: false }, { done: true }]
  const body = { getReader: () => ({ read: async () => chunks.shift() }) }
  return { status: error.status, headers: new Headers(), body } as unknown as Response
}
