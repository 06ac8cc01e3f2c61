/** Turns: prompt and cancel. */
import { createHash } from 'node:crypto'
import Type from 'typebox'
import type { IdempotencyKey } from '../../runtime/idempotency.ts'
import { LIMITS } from '../../runtime/limits.ts'
import type { App, RouteDeps } from '../app.ts'
import { Accepted, Problem, SessionParams, TurnBody } from '../schemas.ts'

const KeyHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.idempotencyKeyCharsMax })),
})

export function turnRoutes(app: App, { runtime: { sessions, failPoint } }: RouteDeps): void {
  const tags = ['turns']

  app.post(
    '/api/sessions/:id/turns',
    {
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
      const key = request.headers['idempotency-key']
      // Without attachments as before there were any: a key outlives an update.
      const asked = [prompt, model ?? null, whenBusy, ...(attachments.length > 0 ? [attachments] : [])]
      const idempotency = key === undefined ? {} : { idempotency: keyOf(key, asked) }
      const accepted = await session.prompt({
        ...{ text: prompt, attachments, ...(model && { model }) },
        ...idempotency,
      })
      failPoint('before-acknowledge')
      return reply.code(202).send(accepted)
    },
  )

  app.post(
    '/api/sessions/:id/cancel',
    {
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
      const key = request.headers['idempotency-key']
      const { cancelled } = await session.cancel(
        request.caller,
        key === undefined ? key : keyOf(key, 'cancel'),
      )
      return cancelled ? reply.code(202).send({ cancelled }) : reply.code(200).send({ cancelled })
    },
  )
}

const keyOf = (key: string, body: unknown): IdempotencyKey => ({
  key,
  bodyHash: createHash('sha256').update(JSON.stringify(body)).digest('base64url'),
})
