/** The lobby: all sessions, as a stream. Their list as JSON is another route's. */
import { CodedError } from '../../runtime/errors.ts'
import { wantedType } from '../accept.ts'
import type { App, RouteDeps } from '../app.ts'
import { handOver } from '../hand-over.ts'
import { streamLobby } from '../lobby-stream.ts'
import { ListedSession } from '../schemas.ts'

export function lobbyRoutes(app: App, { runtime, keepaliveMs, metrics }: RouteDeps): void {
  app.get(
    '/api/events',
    {
      schema: {
        tags: ['events'],
        summary: 'The lobby: follow all sessions (Accept: text/event-stream)',
        description:
          'A frame `session` for each session, newest activity first, then `caught-up`; from then on a frame for each ' +
          'session that changes, and `deleted` with its id for each that is deleted. No frame has an id.',
        response: {
          200: {
            description: 'the data of a `session` frame',
            content: { 'text/event-stream': { schema: ListedSession } },
          },
        },
      },
    },
    async (request, reply) => {
      if (wantedType(request.headers.accept) !== 'stream')
        throw new CodedError('not_acceptable', 'Accept text/event-stream, or get /api/sessions')
      return handOver(reply, metrics, (socket, onClose) =>
        streamLobby(socket, runtime.sessions, { keepaliveMs, replays: runtime.replays, onClose }),
      )
    },
  )
}
