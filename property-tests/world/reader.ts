/**
 * A simulated client that follows one session: the production client library over simulated connections. It can stop
 * reading for a while, be cut off, and come back.
 */
import { type Attachment, attach } from '../../src/client/index.ts'
import { streamSession } from '../../src/http/sse.ts'
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
  deps: { time: Time; tasks: Tasks; recorder: Recorder; server: () => SimulatedServer | null },
  name: string,
  session: string,
) {
  const { time, tasks, recorder } = deps
  let attachments = 0
  let connections = 0
  let attachment: { stream: string; items: Attachment; stop: AbortController } | null = null
  let connection: { stream: string; wire: Connection } | null = null
  let cursor = -1
  let paused: PromiseWithResolvers<void> | null = null

  const connect = async (_url: unknown, init: RequestInit = {}): Promise<Response> => {
    const given = new Headers(init.headers).get('last-event-id')
    const after = given === null ? -1 : Number(given)
    await tasks.whenDue()
    const server = deps.server()
    if (!server?.ready) throw new TypeError('fetch failed')
    init.signal?.throwIfAborted()
    const found = await time.within(server.life, () => server.sessions.get(session))
    if (!server.life.alive) throw new TypeError('fetch failed')
    noteCursor(found, after)
    const stream = `${name}, connection ${++connections}`
    const wire = createConnection({
      ...{ time, tasks, life: server.life },
      onItem: (item) => recorder.record({ type: 'received', stream, item }),
      onDropped: () => recorder.see('slow reader dropped'),
    })
    connection = { stream, wire }
    recorder.record({ type: 'attached', stream, session, after })
    time.within(server.life, () =>
      streamSession(wire.response, found, {
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
    name,
    session,
    get isPaused() {
      return paused !== null
    },
    /** Whether bytes are still on their way to it. */
    isAttached: (): boolean => connection?.wire.isOpen ?? false,
    /** Leaves, if it was there, and comes anew. */
    attach(from: From): void {
      attachment?.stop.abort()
      paused?.resolve()
      paused = null
      const after = { nothing: -1, 'what it has': cursor, 'beyond the head': cursor + 100 }[from]
      cursor = after
      const stream = `${name}, attachment ${++attachments}`
      const stop = new AbortController()
      const items = attach(`http://simulated/api/sessions/${session}/events`, {
        ...{ lastEventId: after, signal: stop.signal, fetch: connect as typeof fetch },
        ...{ random: () => 0.5, now: () => time.now },
      })
      attachment = { stream, items, stop }
      recorder.record({ type: 'attached', stream, session, after })
      follow(stream, items).catch((error: unknown) =>
        recorder.record({ type: 'despaired', stream, why: String(error) }),
      )
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
      attachment === null || connection === null ? [] : [attachment.stream, connection.stream],
    leave: (): void => attachment?.stop.abort(),
  }
}
