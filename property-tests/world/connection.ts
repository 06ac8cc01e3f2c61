/**
 * A simulated connection that carries one event stream: to the server it is the socket that it has sent the head
 * over, to the client the body of an answer. Bytes take their time; it can be cut anywhere, in the midst of a frame too.
 */
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { createParser } from 'eventsource-parser'
import type { AttachItem } from '../../src/client/index.ts'
import { decodeItem } from '../../src/client/items.ts'
import { SOCKET_BYTES_MAX } from './knobs.ts'
import type { Tasks } from './tasks.ts'
import type { Life, Time } from './time.ts'

export type Connection = ReturnType<typeof createConnection>

export function createConnection(deps: {
  time: Time
  tasks: Tasks
  /** The server's. */
  life: Life
  /** Told what came over the wire, whatever the client makes of it. */
  onItem: (item: AttachItem) => void
  /** The server has no more patience with the client. */
  onDropped: () => void
}) {
  const { time, tasks, life } = deps
  const events = new EventEmitter()
  let waiting = Buffer.alloc(0)
  let state: 'open' | 'ending' | 'closed' = 'open'
  let delivering = false
  /** Set while the client waits for bytes. */
  let wanting: PromiseWithResolvers<{ value?: Uint8Array; done: boolean }> | null = null
  let timeout: { ms: number; timer: NodeJS.Timeout } | null = null
  let needsDrain = false

  const decoder = new TextDecoder()
  const parser = createParser({
    onEvent(frame) {
      const item = decodeItem(frame)
      if (item) deps.onItem(item)
    },
  })

  const setTimeoutMs = (ms: number): void => {
    clearTimeout(timeout?.timer)
    timeout = ms > 0 ? { ms, timer: setTimeout(() => events.emit('timeout'), ms) } : null
  }

  const tellServer = (event: string): void => {
    if (life.alive) time.within(life, () => events.emit(event))
  }

  const give = (bytes: number): void => {
    const chunk = new Uint8Array(waiting.subarray(0, bytes))
    waiting = waiting.subarray(bytes)
    if (chunk.length === 0) return
    parser.feed(decoder.decode(chunk, { stream: true }))
    const { resolve } = wanting!
    wanting = null
    resolve({ value: chunk, done: false })
  }

  /** The client is gone, or its network is. */
  const close = (error?: Error): void => {
    if (state === 'closed') return
    state = 'closed'
    clearTimeout(timeout?.timer)
    if (error) wanting?.reject(error)
    else wanting?.resolve({ done: true })
    wanting = null
    tellServer('close')
  }

  const deliver = async (): Promise<void> => {
    if (delivering || wanting === null || (waiting.length === 0 && state === 'open')) return
    delivering = true
    await tasks.whenDue()
    delivering = false
    if (state === 'closed' || wanting === null) return
    if (waiting.length === 0) return close()
    give(waiting.length)
    if (timeout) tellServer('activity')
    if (needsDrain) {
      needsDrain = false
      tellServer('drain')
    }
    void deliver()
  }
  events.on('activity', () => timeout && setTimeoutMs(timeout.ms))

  const socket = {
    on: events.on.bind(events),
    write(data: string | Buffer): boolean {
      if (state !== 'open') return true
      waiting = Buffer.concat([waiting, Buffer.from(data)])
      void deliver()
      needsDrain ||= waiting.length >= SOCKET_BYTES_MAX
      return !needsDrain
    },
    destroySoon() {
      if (state === 'open') state = 'ending'
      void deliver()
    },
    destroy() {
      deps.onDropped()
      close(new Error('the connection was reset'))
    },
    setTimeout: setTimeoutMs,
    get writableLength() {
      return waiting.length
    },
  }

  return {
    socket: socket as unknown as Socket,
    /** What `body.getReader()` gives. */
    reader: {
      read() {
        if (state === 'closed') return Promise.reject(new Error('the connection was reset'))
        wanting = Promise.withResolvers()
        void deliver()
        return wanting.promise
      },
      cancel: async () => close(),
    },
    /** Cuts it, when `bytes` more have come. @returns whether that was in the midst of a frame */
    cut(bytes: number): boolean {
      const before = waiting
      if (wanting !== null) give(Math.min(bytes, waiting.length))
      const isInFrame = waiting.length > 0 && waiting.length < before.length && !isFrameEnd(before, waiting)
      close(new Error('the connection was cut'))
      return isInFrame
    },
    get isOpen() {
      return state === 'open'
    },
  }
}

const isFrameEnd = (before: Buffer, rest: Buffer): boolean =>
  before
    .subarray(0, before.length - rest.length)
    .toString('latin1')
    .endsWith('\n\n')
