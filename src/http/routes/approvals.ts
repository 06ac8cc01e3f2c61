/** Approvals: what the agent asks is answered here. What waits stands in the session, and in its events. */
import Type from 'typebox'
import { LIMITS } from '../../runtime/limits.ts'
import type { App, RouteDeps } from '../app.ts'
import { keyOf } from '../idempotency-key.ts'
import { KeyHeaders, Problem, Resolution, ResolvedProblem, SessionParams } from '../schemas.ts'

const AnswerBody = Type.Object(
  {
    decision: Type.Union([Type.Literal('allow'), Type.Literal('deny')]),
    message: Type.Optional(
      Type.String({ maxLength: LIMITS.answerMessageCharsMax, description: 'why, for the agent to read' }),
    ),
    updatedInput: Type.Optional(
      Type.Object(
        {},
        {
          additionalProperties: true,
          description: 'in place of what it wants to do; for a question, its input with `answers` in it',
        },
      ),
    ),
    always: Type.Optional(Type.Boolean({ description: 'take up its suggestions for the session' })),
  },
  { additionalProperties: false },
)

export function approvalRoutes(app: App, { runtime: { sessions } }: RouteDeps): void {
  app.post(
    '/api/sessions/:id/approvals/:approvalId',
    {
      config: { audit: 'answer' },
      bodyLimit: LIMITS.promptBodyBytesMax,
      schema: {
        tags: ['approvals'],
        summary: 'Answer the agent; the first answer counts',
        params: Type.Intersect([SessionParams, Type.Object({ approvalId: Type.String() })]),
        body: AnswerBody,
        headers: KeyHeaders,
        response: { 200: Resolution, 404: Problem, 409: ResolvedProblem, 422: Problem },
      },
    },
    async (request) => {
      const { id, approvalId } = request.params
      const session = await sessions.get(id)
      const { decision, message = '', updatedInput = null, always = false } = request.body
      const key = keyOf(request, ['approval', approvalId, decision, message, updatedInput, always])
      const answer = {
        approvalId,
        decision,
        message,
        always,
        ...(updatedInput && { updatedInput: { ...updatedInput } }),
      }
      return session.answer(answer, request.caller, key)
    },
  )
}
