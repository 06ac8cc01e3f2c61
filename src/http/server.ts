/** The HTTP server: gates first, then routes. Who may ask and how it travels; what happens is the runtime's. */
import { fastifyCookie } from '@fastify/cookie'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyServerOptions, LogController } from 'fastify'
import { CodedError } from '../runtime/errors.ts'
import { LIMITS } from '../runtime/limits.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { App, RouteDeps } from './app.ts'
import { auditRequests } from './audit.ts'
import { createAuthenticate } from './authenticate.ts'
import { cutWhenGone } from './cut.ts'
import { createMetrics } from './metrics.ts'
import { refuseBadHttp, sendProblem } from './problems.ts'
import { approvalRoutes } from './routes/approvals.ts'
import { auditRoutes } from './routes/audit.ts'
import { deviceRoutes } from './routes/devices.ts'
import { eventRoutes } from './routes/events.ts'
import { fileRoutes } from './routes/files.ts'
import { operationRoutes } from './routes/operations.ts'
import { pageRoutes } from './routes/pages.ts'
import { pairingRoutes } from './routes/pairing.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { transcriptRoutes } from './routes/transcript.ts'
import { turnRoutes } from './routes/turns.ts'

export type ServerOptions = {
  runtime: Runtime
  token: string
  keepaliveMs: number
  /** How devices reach this server, for links: an origin. Null: as whoever asks does. */
  publicUrl: string | null
  version: string
  logger: Exclude<FastifyServerOptions['logger'], undefined>
}

/** @returns a Fastify server that is ready to listen; closing it cuts every stream */
export async function createServer(options: ServerOptions) {
  const { runtime, token } = options
  const { devices } = runtime.access
  const authenticate = createAuthenticate({ token, devices })
  const app = Fastify({
    logger: options.logger,
    // A line for each request would bury what matters, and hold what was asked.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LIMITS.bodyBytesMax,
    requestTimeout: LIMITS.requestTimeoutMs,
    // A stream never ends by itself, and an EventSource gives up for good on a 503.
    forceCloseConnections: true,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 200 },
    // As it was sent or not at all: a number is no string, and what is not known is refused.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    // Before any hook: what the router itself refuses needs the credential all the same.
    frameworkErrors: (error, request, reply) =>
      sendProblem(authenticate(request) === null ? new CodedError('unauthorized') : error, request, reply),
    clientErrorHandler: refuseBadHttp,
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler((request, reply) => sendProblem(new CodedError('not_found'), request, reply))
  acceptJsonAlone(app)

  // Not at each request: only who authenticates looks at cookies.
  await app.register(fastifyCookie, { hook: false })
  app.decorateRequest('caller', 'nobody')
  for (const name of ['deviceId', 'auditTarget', 'refusal'] as const) app.decorateRequest(name, null)
  auditRequests(app, runtime.access)
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.isPublic) return
    const caller = authenticate(request)
    if (caller === null) throw new CodedError('unauthorized')
    request.caller = caller.caller
    if (caller.deviceId === undefined) return
    request.deviceId = caller.deviceId
    cutWhenGone(devices, caller.deviceId, request, reply)
  })

  // No body at all is an empty one, for those routes that take any.
  app.addHook('preValidation', async (request) => {
    if (request.body === undefined) request.body = {}
  })

  const metrics = createMetrics(runtime.turns)
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    metrics.requests.inc({ method: request.method, route, status: reply.statusCode })
  })

  await app.register(swagger, {
    openapi: {
      info: { title: 'breakglass', version: options.version },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
  })
  await app.register(swaggerUi, { routePrefix: '/docs' })
  const deps: RouteDeps = { ...options, metrics }
  const routes = [
    sessionRoutes,
    fileRoutes,
    turnRoutes,
    approvalRoutes,
    eventRoutes,
    transcriptRoutes,
    operationRoutes,
    pairingRoutes,
    deviceRoutes,
    auditRoutes,
    pageRoutes,
  ]
  for (const addRoutes of routes) addRoutes(app, deps)
  return app
}

/** A text/plain or form body is what a foreign web page can send without asking: none but JSON is read. */
function acceptJsonAlone(app: App): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const charset = /charset="?([^";]+)/i.exec(request.headers['content-type'] ?? '')?.[1]
    if (charset !== undefined && charset.toLowerCase() !== 'utf-8')
      return done(new CodedError('unsupported_media_type', 'JSON is UTF-8'))
    if (body.length === 0) return done(null, undefined)
    let text: string
    try {
      // Not with replacement characters in place of what cannot be read: another script would run.
      text = utf8.decode(body)
    } catch {
      return done(new CodedError('bad_json', 'The body is not valid UTF-8'))
    }
    return parseJson(request, text, done)
  })
}
