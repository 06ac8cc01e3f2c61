/** A session's log as a file to keep. */
import { Readable } from 'node:stream'
import Type from 'typebox'
import type { Event } from '../../machines/events.ts'
import { readAll } from '../../runtime/log/page.ts'
import type { Session } from '../../runtime/session.ts'
import type { App, RouteDeps } from '../app.ts'
import { SessionParams } from '../schemas.ts'
import { inline, markdownOfLog } from '../transcript.ts'

export function transcriptRoutes(app: App, { runtime }: RouteDeps): void {
  app.get(
    '/api/sessions/:id/transcript',
    {
      schema: {
        tags: ['events'],
        summary: 'Export a session as Markdown or JSON',
        params: SessionParams,
        querystring: Type.Object({
          format: Type.Optional(Type.Union([Type.Literal('md'), Type.Literal('json')])),
        }),
      },
    },
    async (request, reply) => {
      const session = await runtime.sessions.get(request.params.id)
      const { format = 'md' } = request.query
      const type = format === 'md' ? 'text/markdown; charset=utf-8' : 'application/json; charset=utf-8'
      const parts = format === 'md' ? markdownParts(session) : jsonParts(session)
      return reply
        .type(type)
        .header('content-disposition', `attachment; filename="breakglass-${session.id}.${format}"`)
        .send(Readable.from(parts))
    },
  )
}

async function* markdownParts(session: Session): AsyncGenerator<string> {
  const { title, id, agent } = session.view()
  yield `# ${inline(title)}\n\nSession ${id}\n\n`
  yield* markdownOfLog(agent, events(session))
}

async function* events(session: Session): AsyncGenerator<Event> {
  for await (const text of readAll(session.log)) yield JSON.parse(text)
}

async function* jsonParts(session: Session): AsyncGenerator<string> {
  yield `{"session":${JSON.stringify(session.view())},"events":[`
  let separator = '\n'
  for await (const text of readAll(session.log)) {
    yield separator + text
    separator = ',\n'
  }
  yield '\n]}\n'
}
