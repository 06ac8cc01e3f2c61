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
    /** What the audit calls it. */
    audit?: string
    /** It takes devices out, its own among them: it is answered all the same. */
    takesOut?: boolean
  }
  interface FastifyRequest {
    /** Who asks, as far as the log should know. */
    caller: string
    /** Which device that is; null for the token, and for nobody. */
    deviceId: string | null
    /** The session or the device that it is about, where the path does not say. */
    auditTarget: string | null
    /** The code of the error that it is answered with. */
    refusal: string | null
  }
}

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export type RouteDeps = {
  runtime: Runtime
  keepaliveMs: number
  metrics: Metrics
  publicUrl: string | null
  basePath: string
}
