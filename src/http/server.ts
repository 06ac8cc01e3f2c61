/** The HTTP server: gates first, then routes. Who may ask and how it travels; what happens is the runtime's. */
import type { RequestListener } from 'node:http'
import { fastifyCookie } from '@fastify/cookie'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyServerOptions, LogController, type RouteOptions } from 'fastify'
import { CodedError } from '../runtime/errors.ts'
import { LIMITS } from '../runtime/limits.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { type Admit, createAdmit } from './admit.ts'
import type { RouteDeps } from './app.ts'
import { auditRequests } from './audit.ts'
import { createAuthenticate } from './authenticate.ts'
import { basePathRoute, withoutBasePath } from './base-path.ts'
import { refuseWhenGone } from './cut.ts'
import { cleanForwarded } from './forwarded.ts'
import type { GateSettings } from './gates/facts.ts'
import { acceptJsonAlone } from './json-body.ts'
import { createMetrics } from './metrics.ts'
import { createNodeServer, type Tls } from './node-server.ts'
import { refuseBadHttp, sendProblem } from './problems.ts'
import { createRequestLimit } from './request-limit.ts'
import { approvalRoutes } from './routes/approvals.ts'
import { auditRoutes } from './routes/audit.ts'
import { deviceRoutes } from './routes/devices.ts'
import { eventRoutes } from './routes/events.ts'
import { fileRoutes } from './routes/files.ts'
import { inspectRoutes } from './routes/inspect.ts'
import { lobbyRoutes } from './routes/lobby.ts'
import { operationRoutes } from './routes/operations.ts'
import { pageRoutes } from './routes/pages.ts'
import { pairingRoutes } from './routes/pairing.ts'
import { queueRoutes } from './routes/queue.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { transcriptRoutes } from './routes/transcript.ts'
import { turnRoutes } from './routes/turns.ts'
import { DOCS_POLICY } from './security-headers.ts'
import { createStrangers } from './strangers.ts'
import { createStreamRequests, type StreamRequests } from './stream-request.ts'

export type ServerOptions = {
  runtime: Runtime
  token: string
  keepaliveMs: number
  /** How devices reach this server, for links: an origin. Null, as without it: as whoever asks does. */
  publicUrl?: string | null
  /** In front of every path, as a proxy passes it on; empty, as without it: none. */
  basePath?: string
  version: string
  logger: Exclude<FastifyServerOptions['logger'], undefined>
  /** Null, as without it: plain HTTP. */
  tls?: Tls | null
  /** For tests: called with each route there is. */
  onRoute?: (route: RouteOptions) => void
} & Partial<GateSettings>

/** @returns a Fastify server that is ready to listen; closing it cuts every stream */
export async function createServer(options: ServerOptions) {
  const { runtime, token, tls = null, basePath = '', allowedHosts = [], behindProxy = [] } = options
  const strangers = createStrangers()
  let admit: Admit
  let streamRequests: StreamRequests
  const app = Fastify({
    serverFactory(onRequest) {
      const onCleaned: RequestListener = (request, response) => {
        cleanForwarded(request)
        onRequest(request, response)
      }
      streamRequests = createStreamRequests(onCleaned)
      return createNodeServer(onCleaned, { tls, strangers, streamRequests })
    },
    // What it says of a request is believed of this peer alone.
    trustProxy: behindProxy.length > 0 && [...behindProxy],
    logger: options.logger,
    // A line for each request would bury what matters, and hold what was asked.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LIMITS.bodyBytesMax,
    // A stream never ends by itself, and an EventSource gives up for good on a 503.
    forceCloseConnections: true,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: LIMITS.pathPartCharsMax },
    rewriteUrl: withoutBasePath(basePath),
    // As it was sent or not at all: a number is no string, and what is not known is refused.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
    // Before any hook: what the router itself refuses must be let in all the same.
    frameworkErrors: (error, request, reply) =>
      void admit(request, reply).then(
        () => sendProblem(error, request, reply),
        (refusal) => sendProblem(refusal, request, reply),
      ),
    clientErrorHandler: refuseBadHttp,
  }).withTypeProvider<TypeBoxTypeProvider>()

  app.addHook('preClose', async () => streamRequests.close())
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler((request, reply) => sendProblem(new CodedError('not_found'), request, reply))
  acceptJsonAlone(app)

  // Not at each request: only who authenticates looks at cookies.
  await app.register(fastifyCookie, { hook: false })
  const { devices } = runtime.access
  admit = createAdmit({
    settings: { allowedHosts, behindProxy },
    authenticate: createAuthenticate({ token, devices }),
    checkRequestLimit: await createRequestLimit(app),
    devices,
    strangers,
  })
  app.decorateRequest('caller', 'nobody')
  for (const name of ['deviceId', 'auditTarget', 'refusal'] as const) app.decorateRequest(name, null)
  auditRequests(app, runtime.access)
  app.addHook('onRequest', async (request, reply) => admit(request, reply))
  refuseWhenGone(app, devices)
  if (options.onRoute) app.addHook('onRoute', options.onRoute)

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
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: DOCS_POLICY })
  const deps: RouteDeps = { ...options, publicUrl: options.publicUrl ?? null, basePath, metrics }
  const routes = [
    sessionRoutes,
    fileRoutes,
    turnRoutes,
    queueRoutes,
    approvalRoutes,
    eventRoutes,
    lobbyRoutes,
    inspectRoutes,
    transcriptRoutes,
    operationRoutes,
    pairingRoutes,
    deviceRoutes,
    auditRoutes,
    pageRoutes,
  ]
  for (const addRoutes of routes) addRoutes(app, deps)
  basePathRoute(app, basePath)
  return app
}
