/** Turns: prompt and cancel. */
import Type from 'typebox'
import type { App, RouteDeps } from '../app.ts'
import { keyOf } from '../idempotency-key.ts'
import { Accepted, KeyHeaders, Problem, SessionParams, TurnBody } from '../schemas.ts'

export function turnRoutes(app: App, { runtime: { sessions, failPoint } }: RouteDeps): void {
  const tags = ['turns']

  app.post(
    '/api/sessions/:id/turns',
    {
      config: { audit: 'prompt' },
      schema: {
        tags,
        summary: 'Prompt the agent: starts a turn',
        params: SessionParams,
        body: TurnBody,
        headers: KeyHeaders,
        response: { 202: Accepted, 404: Problem, 409: Problem, 413: Problem, 422: Problem },
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
        ...{ text: prompt, attachments, by: request.caller, ...(model && { model }) },
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
        body: Type.Object({}, { additionalProperties: false }),
        headers: KeyHeaders,
        response: {
          200: Type.Object({ cancelled: Type.Literal(false) }),
          202: Type.Object({ cancelled: Type.Literal(true) }),
          404: Problem,
          422: Problem,
        },
      },
    },
    async (request, reply) => {
      const session = await sessions.get(request.params.id)
      const { cancelled } = await session.cancel(request.caller, keyOf(request, 'cancel'))
      return cancelled ? reply.code(202).send({ cancelled }) : reply.code(200).send({ cancelled })
    },
  )
}
