/** Clients that are attached to one stream: raw sockets, connected a few at a time, each checked for order. */
import { connect, type Socket } from 'node:net'
import type { GroupResult, GroupSpec } from './protocol.ts'
import { createReader } from './reader.ts'
import { createSamples } from './samples.ts'

/** So that a server is not asked for more at once than its backlog takes. */
const CONNECTING_MAX = 100
/** One for all sockets: what is read is looked at before the next read. */
const BUFFER = Buffer.allocUnsafe(256 * 1024)

/** How many requests an address may make in a minute is limited, and is not what is measured here. */
const CLIENTS_PER_ADDRESS = 500
let connections = 0
const nextAddress = (): string => {
  const address = Math.floor(connections++ / CLIENTS_PER_ADDRESS)
  return `127.1.${Math.floor(address / 250) % 250}.${(address % 250) + 1}`
}

const nowMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000

type Client = { cursor: number; caughtUp: boolean; socket: Socket | null; dropped: boolean }

export function openGroup(
  spec: GroupSpec,
  events: { onAttached: (ms: number) => void; onDone: () => void; onFailed: (error: string) => void },
) {
  const latencies = createSamples()
  const clients: Client[] = []
  const request = (cursor: number): string =>
    [
      `GET ${spec.path} HTTP/1.1`,
      `Host: 127.0.0.1:${spec.port}`,
      'Accept: text/event-stream',
      ...(cursor < 0 ? [] : [`Last-Event-ID: ${cursor}`]),
      ...spec.headers,
      '\r\n',
    ].join('\r\n')
  const connectingAt = nowMs()
  let printedAt = 0
  let endedAt = 0
  let outOfOrder = 0
  let deliveries = 0
  let attached = 0
  let done = 0
  let closing = false

  const onId = (client: Client, id: number, stamp: number): void => {
    if (id !== client.cursor + 1) outOfOrder++
    client.cursor = id
    deliveries++
    if (stamp !== 0) {
      if (id === spec.first) printedAt ||= stamp / 1_000
      if (spec.latencies) latencies.add(nowMs() - stamp / 1_000)
    }
    if (id !== spec.last) return
    endedAt = nowMs()
    done++
    if (done === spec.clients) events.onDone()
  }
  const wantsStamp = spec.latencies
    ? (id: number): boolean => id >= spec.first && id <= spec.last
    : (id: number): boolean => id === spec.first && printedAt === 0

  const connectNext = (): void => {
    if (clients.length === spec.clients) return
    const client: Client = { cursor: spec.after, caughtUp: false, socket: null, dropped: false }
    clients.push(client)
    open(client)
  }

  const onCaughtUp = (client: Client): void => {
    client.caughtUp = true
    if (!spec.reads) client.socket!.pause()
    attached++
    if (attached === spec.clients) events.onAttached(nowMs() - connectingAt)
    else connectNext()
  }

  const open = (client: Client): void => {
    const read = createReader(
      {
        onHead: (status) => status !== 200 && events.onFailed(`status ${status}`),
        onCaughtUp: () => client.caughtUp || onCaughtUp(client),
        onId: (id, stamp) => onId(client, id, stamp),
      },
      wantsStamp,
    )
    const socket = connect({
      ...{ host: '127.0.0.1', localAddress: nextAddress(), port: spec.port, noDelay: true },
      onread: {
        buffer: BUFFER,
        callback(length, buffer) {
          read(length === buffer.length ? (buffer as Buffer) : (buffer as Buffer).subarray(0, length))
          return spec.reads || !client.caughtUp
        },
      },
    })
    client.socket = socket
    socket.on('error', () => {})
    socket.on('close', () => {
      if (closing) return
      if (!client.caughtUp) events.onFailed('cut off before it had caught up')
      client.dropped = true
    })
    socket.write(request(client.cursor))
  }

  for (let i = 0; i < Math.min(CONNECTING_MAX, spec.clients); i++) connectNext()

  return {
    comeBack(): void {
      // What they had in their kernels' buffers is theirs, but was never read: they know the cursor they had.
      spec.reads = true
      for (const client of clients) {
        client.socket?.destroy()
        open(client)
      }
    },
    close(): GroupResult {
      closing = true
      for (const { socket } of clients) socket?.destroy()
      return {
        ...{ connectingAt, printedAt, endedAt, deliveries, outOfOrder },
        dropped: clients.filter(({ dropped }) => dropped).length,
        latencyMs: spec.latencies ? latencies.summary() : null,
        cursors: [...new Set(clients.map(({ cursor }) => cursor))],
      }
    },
  }
}
