/** An answer that becomes a stream: from here on it is no longer Fastify's, and counted while it is open. */
import type { ServerResponse } from 'node:http'
import type { FastifyReply } from 'fastify'
import type { Metrics } from './metrics.ts'

/** @param begin must call `onClose` when the connection has closed */
export function handOver(
  reply: FastifyReply,
  { streams }: Pick<Metrics, 'streams'>,
  begin: (response: ServerResponse, onClose: () => void) => void,
): FastifyReply {
  reply.hijack()
  // Gone while it was asked for: nothing would tell that once more.
  if (reply.raw.destroyed) return reply
  streams.inc()
  begin(reply.raw, () => streams.dec())
  return reply
}
