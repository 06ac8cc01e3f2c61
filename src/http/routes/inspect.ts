/** The inspector: whether a session's machines are watched, and what they do. */
import Type from 'typebox'
import { CodedError } from '../../runtime/errors.ts'
import { wantedType } from '../accept.ts'
import type { App, RouteDeps } from '../app.ts'
import { handOver } from '../hand-over.ts'
import { Inspection } from '../inspect-schemas.ts'
import { streamInspection } from '../inspect-stream.ts'

const Query = Type.Object({ session: Type.String({ description: 'the id of the session' }) })

export function inspectRoutes(app: App, { runtime, keepaliveMs, metrics }: RouteDeps): void {
  const { sessions, inspections } = runtime

  app.put(
    '/api/inspect',
    {
      config: { audit: 'inspect' },
      schema: {
        tags: ['inspector'],
        summary: 'Watch the machines of a session, or no longer',
        description:
          'What was kept of it is forgotten. Without `bodies`, nothing that people or agents say is kept or shown.',
        querystring: Query,
        body: Type.Object(
          { on: Type.Boolean(), bodies: Type.Optional(Type.Boolean({ default: false })) },
          { additionalProperties: false },
        ),
        response: { 200: Inspection },
      },
    },
    async (request) => {
      const session = await sessions.get(request.query.session)
      request.auditTarget = session.id
      const { on, bodies = false } = request.body
      return inspections.set(session, { on, bodies })
    },
  )

  app.get(
    '/api/inspect',
    {
      schema: {
        tags: ['inspector'],
        summary: 'Follow the machines of a session (Accept: text/event-stream)',
        description:
          'A frame `inspection`; if it is on, a frame `step` for each step that is kept; then `caught-up`, and from ' +
          'then on a `step` for each there is, `processes` about each second, and `inspection` again when it is ' +
          'switched on or off. No frame has an id: the next connection begins anew.',
        querystring: Query,
        response: {
          200: {
            description: 'the data of an `inspection` frame',
            content: { 'text/event-stream': { schema: Inspection } },
          },
        },
      },
    },
    async (request, reply) => {
      if (wantedType(request.headers.accept) !== 'stream')
        throw new CodedError('not_acceptable', 'Accept text/event-stream')
      const session = await sessions.get(request.query.session)
      return handOver(reply, metrics, (socket, onClose) =>
        streamInspection(socket, { session, inspections }, { keepaliveMs, onClose }),
      )
    },
  )
}
