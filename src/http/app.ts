/** What every route is given: the Fastify instance as we type it, and what routes work with. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Runtime } from '../runtime/runtime.ts'
import type { Metrics } from './metrics.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a credential. */
    isPublic?: boolean
    /** A page of our own: it may load scripts, styles and images from here. */
    isPage?: boolean
  }
  interface FastifyRequest {
    /** Who asks, as far as the log should know. */
    caller: string
  }
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export type RouteDeps = { runtime: Runtime; keepaliveMs: number; metrics: Metrics }
