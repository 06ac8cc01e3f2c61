/** The prompts that wait: list, edit, remove, clear, resume. A prompt is queued where turns are started. */
import Type from 'typebox'
import { LIMITS } from '../../runtime/limits.ts'
import type { App, RouteDeps } from '../app.ts'
import { keyOf } from '../idempotency-key.ts'
import {
  Accepted,
  KeyHeaders,
  NoBody,
  PlacedPrompt,
  Problem,
  QueueBody,
  QueueList,
  QueueParams,
  SessionParams,
} from '../schemas.ts'

export function queueRoutes(app: App, { runtime: { sessions } }: RouteDeps): void {
  const tags = ['queue']

  app.get(
    '/api/sessions/:id/queue',
    {
      schema: {
        tags,
        summary: 'The prompts that wait, next first',
        params: SessionParams,
        response: { 200: QueueList, 404: Problem },
      },
    },
    async (request) => (await sessions.get(request.params.id)).queue.list(),
  )

  app.patch(
    '/api/sessions/:id/queue/:promptId',
    {
      config: { audit: 'edit_queued' },
      bodyLimit: LIMITS.promptBodyBytesMax,
      schema: {
        tags,
        summary: 'Edit a prompt that waits',
        params: QueueParams,
        body: QueueBody,
        headers: KeyHeaders,
        response: { 200: PlacedPrompt, 404: Problem, 409: Problem, 413: Problem, 422: Problem },
      },
    },
    async (request) => {
      const { id, promptId } = request.params
      const { prompt } = request.body
      const session = await sessions.get(id)
      return session.queue.edit(promptId, prompt, keyOf(request, ['edit', promptId, null, prompt]))
    },
  )

  app.delete(
    '/api/sessions/:id/queue/:promptId',
    {
      config: { audit: 'remove_queued' },
      schema: {
        tags,
        summary: 'Remove a prompt that waits',
        params: QueueParams,
        headers: KeyHeaders,
        response: { 204: Type.Null(), 404: Problem, 409: Problem, 422: Problem },
      },
    },
    async (request, reply) => {
      const { id, promptId } = request.params
      const session = await sessions.get(id)
      await session.queue.remove(promptId, keyOf(request, ['remove', promptId]))
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/sessions/:id/queue',
    {
      config: { audit: 'clear_queue' },
      schema: {
        tags,
        summary: 'Remove all prompts that wait',
        params: SessionParams,
        headers: KeyHeaders,
        response: { 204: Type.Null(), 404: Problem, 422: Problem },
      },
    },
    async (request, reply) => {
      const session = await sessions.get(request.params.id)
      await session.queue.clear(keyOf(request, 'clear'))
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/api/sessions/:id/queue/resume',
    {
      config: { audit: 'resume_queue' },
      schema: {
        tags,
        summary: 'Start the next prompt that waits, though the queue is held',
        params: SessionParams,
        body: NoBody,
        headers: KeyHeaders,
        response: {
          200: Type.Object({ resumed: Type.Literal(false) }),
          202: Accepted,
          404: Problem,
          422: Problem,
        },
      },
    },
    async (request, reply) => {
      const session = await sessions.get(request.params.id)
      const answer = await session.queue.resume(keyOf(request, 'resume'))
      return 'resumed' in answer ? reply.code(200).send(answer) : reply.code(202).send(answer)
    },
  )
}
