/** Turns: prompt and cancel. */
import Type from 'typebox'
import { LIMITS } from '../../runtime/limits.ts'
import type { App, RouteDeps } from '../app.ts'
import { keyOf } from '../idempotency-key.ts'
import { Accepted, KeyHeaders, NoBody, Problem, Queued, SessionParams, TurnBody } from '../schemas.ts'

export function turnRoutes(app: App, { runtime: { sessions, failPoint } }: RouteDeps): void {
  const tags = ['turns']
  const waiting = Type.Optional(Type.Integer({ minimum: 1, description: 'how many prompts wait' }))

  app.post(
    '/api/sessions/:id/turns',
    {
      config: { audit: 'prompt' },
      bodyLimit: LIMITS.promptBodyBytesMax,
      schema: {
        tags,
        summary: 'Prompt the agent: starts a turn, or queues the prompt',
        params: SessionParams,
        body: TurnBody,
        headers: KeyHeaders,
        response: {
          202: Type.Union([Accepted, Queued]),
          404: Problem,
          409: Problem,
          413: Problem,
          422: Problem,
        },
      },
      onResponse: async () => failPoint('after-acknowledge'),
    },
    async (request, reply) => {
      const { prompt, model, whenBusy = 'reject', attachments = [] } = request.body
      const session = await sessions.get(request.params.id)
      // Without attachments as before there were any: a key outlives an update.
      const asked = [prompt, model ?? null, whenBusy, ...(attachments.length > 0 ? [attachments] : [])]
      const idempotency = keyOf(request, asked)
      const accepted = await session.prompt({
        ...{ text: prompt, attachments, whenBusy, by: request.caller, ...(model && { model }) },
        ...(idempotency && { idempotency }),
      })
      failPoint('before-acknowledge')
      return reply.code(202).send(accepted)
    },
  )

  app.post(
    '/api/sessions/:id/cancel',
    {
      config: { audit: 'cancel' },
      schema: {
        tags,
        summary: 'Stop the turn that runs',
        params: SessionParams,
        body: NoBody,
        headers: KeyHeaders,
        response: {
          200: Type.Object({ cancelled: Type.Literal(false), waiting }),
          202: Type.Object({ cancelled: Type.Literal(true), waiting }),
          404: Problem,
          422: Problem,
        },
      },
    },
    async (request, reply) => {
      const session = await sessions.get(request.params.id)
      const { cancelled, ...rest } = await session.cancel(request.caller, keyOf(request, 'cancel'))
      if (!cancelled) return reply.code(200).send({ cancelled, ...rest })
      return reply.code(202).send({ cancelled, ...rest })
    },
  )
}
