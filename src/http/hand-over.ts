/** An answer that becomes a stream: from here on it is no longer Fastify's, and counted while it is open. */
import type { Socket } from 'node:net'
import type { FastifyReply } from 'fastify'
import { beginEventStream } from './event-stream.ts'
import type { Metrics } from './metrics.ts'

/** @param begin must call `onClose` when the connection has closed */
export function handOver(
  reply: FastifyReply,
  { streams }: Pick<Metrics, 'streams'>,
  begin: (socket: Socket, onClose: () => void) => void,
): FastifyReply {
  reply.hijack()
  // Gone while it was asked for: nothing would tell that once more.
  if (reply.raw.destroyed) return reply
  streams.inc()
  begin(beginEventStream(reply.raw), () => streams.dec())
  return reply
}
