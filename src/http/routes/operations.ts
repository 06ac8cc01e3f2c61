/** For those who operate the server: health, readiness, metrics, the API's description, and which agents can run. */
import Type from 'typebox'
import type { App, RouteDeps } from '../app.ts'

const Status = Type.Object({ status: Type.Literal('ok') })

export function operationRoutes(app: App, { runtime, metrics }: RouteDeps): void {
  const tags = ['operations']

  app.get(
    '/healthz',
    {
      config: { isPublic: true },
      schema: { tags, summary: 'Is the process alive', security: [], response: { 200: Status } },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    { schema: { tags, summary: 'Can the store be read', response: { 200: Status } } },
    async () => {
      await runtime.check()
      return { status: 'ok' as const }
    },
  )

  app.get('/metrics', { schema: { tags, summary: 'Metrics for Prometheus' } }, async (_, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  )

  app.get('/openapi.json', { schema: { tags, summary: 'This API' } }, async () => app.swagger())

  app.get(
    '/api/agents',
    {
      schema: {
        tags,
        summary: 'Which agents this server can run, and why not',
        response: {
          200: Type.Object({
            default: Type.String(),
            agents: Type.Array(
              Type.Object({
                name: Type.String(),
                available: Type.Boolean(),
                path: Type.Union([Type.String(), Type.Null()]),
                reason: Type.Union([Type.String(), Type.Null()]),
              }),
            ),
          }),
        },
      },
    },
    async () => ({ default: runtime.agents.defaultName(), agents: runtime.agents.list() }),
  )
}
