/** A session's events: attached to as a stream, or read in pages. One path, told apart by what is accepted. */
import type { FastifyReply } from 'fastify'
import Type from 'typebox'
import { CodedError } from '../../runtime/errors.ts'
import { LIMITS } from '../../runtime/limits.ts'
import { readPage } from '../../runtime/log/page.ts'
import type { Session } from '../../runtime/session.ts'
import { wantedType } from '../accept.ts'
import type { App, RouteDeps } from '../app.ts'
import { parseCursor } from '../cursor.ts'
import { handOver } from '../hand-over.ts'
import { parseLimit } from '../limit.ts'
import { SessionParams } from '../schemas.ts'
import { streamSession } from '../sse.ts'

type Query = { after?: unknown; limit?: unknown; lastEventId?: unknown }

export function eventRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/api/sessions/:id/events',
    {
      schema: {
        tags: ['events'],
        summary: 'Attach (Accept: text/event-stream), or page through the log (application/json)',
        description:
          'A stream has the events behind the cursor, `caught-up`, and then what happens; in between, `partial` frames ' +
          'have the text that is still being written, and no id. A page has events alone.',
        params: SessionParams,
        querystring: Type.Object({
          after: Type.Optional(Type.Any({ description: 'page: events with a larger id' })),
          limit: Type.Optional(Type.Any({ description: `page: 1 to ${LIMITS.eventsPageMax} events` })),
          lastEventId: Type.Optional(Type.Any({ description: 'stream: the cursor; the header wins' })),
        }),
      },
    },
    async (request, reply) => {
      const session = await deps.runtime.sessions.get(request.params.id)
      const query = request.query as Query
      const type = wantedType(request.headers.accept)
      if (type === null)
        throw new CodedError('not_acceptable', 'Accept text/event-stream or application/json')
      if (type === 'json') return sendPage(reply, session, query)
      const after = parseCursor(request.headers['last-event-id'] ?? query.lastEventId)
      return handOver(reply, deps.metrics, (socket, onClose) =>
        streamSession(socket, session, { ...deps, replays: deps.runtime.replays, after, onClose }),
      )
    },
  )
}

async function sendPage(reply: FastifyReply, session: Session, query: Query): Promise<FastifyReply> {
  const after = parseCursor(query.after)
  const limit = parseLimit(query.limit, { fallback: LIMITS.eventsPageDefault, max: LIMITS.eventsPageMax })
  const { texts, lastEventId, more } = await readPage(session.log, after, limit)
  // The events are JSON already; parsing them only to write them again would be the most of the work.
  const body = `{"events":[${texts.join(',')}],"lastEventId":${lastEventId},"more":${more}}`
  return reply.type('application/json; charset=utf-8').send(body)
}
