/** Node's own HTTP server, with or without TLS: how long it waits for what, and how many it takes. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { LIMITS } from '../runtime/limits.ts'
import type { Strangers } from './strangers.ts'
import { Incoming, type StreamRequests } from './stream-request.ts'

/** PEM. */
export type Tls = { key: string; cert: string }

export function createNodeServer(
  onRequest: RequestListener,
  {
    tls,
    strangers,
    streamRequests,
  }: {
    tls: Tls | null
    strangers: Pick<Strangers, 'add'>
    streamRequests: Pick<StreamRequests, 'answer'>
  },
): Server {
  const options = {
    requestTimeout: LIMITS.requestTimeoutMs,
    headersTimeout: LIMITS.headersTimeoutMs,
    maxHeaderSize: LIMITS.headBytesMax,
    keepAliveTimeout: LIMITS.idleSocketMs,
    connectionsCheckingInterval: LIMITS.timeoutCheckMs,
    // A gate refuses what names no host, with a body and headers that Node's own refusal does not have.
    requireHostHeader: false,
    IncomingMessage: Incoming,
  }
  const server: Server =
    tls === null
      ? createServer(options, onRequest)
      : createTlsServer({ ...options, ...tls, handshakeTimeout: LIMITS.headersTimeoutMs }, onRequest)
  server.maxConnections = LIMITS.connectionsMax
  // Node would drop what comes behind 2,000 of them without a word: a second Host, say.
  server.maxHeadersCount = 0
  server.on('connection', strangers.add)
  // Node would answer these by itself, before any gate. RFC 9110, 10.1.1: an expectation that is not known may be
  // passed over.
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('upgrade', (request, socket) => streamRequests.answer(request, socket as Socket))
  return server
}
