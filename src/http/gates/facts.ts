/** What the gates know of a request: all that says where it comes from and whom it takes this server for. */
import type { FastifyRequest } from 'fastify'
import { plainAddress } from '../addresses.ts'
import type { Caller } from '../authenticate.ts'

export type RequestFacts = {
  method: string
  /** The request's target as it was sent: a path, or whatever a client puts there. */
  target: string
  /** How many Host headers there are. */
  hosts: number
  /** By which name it asks for this server, port included. */
  host: string
  protocol: string
  origin: string | undefined
  fetchSite: string | undefined
  /** `X-Breakglass`: a header that a page can send to foreign servers only if these let it. */
  marker: string | undefined
  /** The Bearer token that it carries, if any: no browser adds one by itself. */
  bearer: 'valid' | 'wrong' | null
  peerAddress: string
  localAddress: string
}

export type GateSettings = {
  /** Further names of this server, in lower case, with a port or for any. */
  allowedHosts: readonly string[]
  /** The addresses of the proxy; empty: there is none. */
  behindProxy: readonly string[]
}

/** @param caller whose credential it carries, if that is a valid one */
export const factsOf = (request: FastifyRequest, caller: Caller | null): RequestFacts => ({
  method: request.method,
  target: request.raw.url ?? '',
  hosts: request.raw.headersDistinct.host?.length ?? 0,
  host: request.host.toLowerCase(),
  protocol: request.protocol,
  origin: request.headers.origin,
  fetchSite: text(request.headers['sec-fetch-site']),
  marker: text(request.headers['x-breakglass']),
  bearer: bearerOf(request.headers.authorization, caller),
  peerAddress: plainAddress(request.socket.remoteAddress),
  localAddress: plainAddress(request.socket.localAddress),
})

function bearerOf(authorization = '', caller: Caller | null): RequestFacts['bearer'] {
  if (!/^Bearer /i.test(authorization)) return null
  return caller === null ? 'wrong' : 'valid'
}

/** Node joins what is repeated, other than in its types. */
const text = (value: string | string[] | undefined): string | undefined => value?.toString()
