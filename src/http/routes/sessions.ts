/** Sessions: open, put, list, get, edit, delete. */
import Type from 'typebox'
import type { App, RouteDeps } from '../app.ts'
import { EditBody, OpenBody, Problem, Session, SessionParams } from '../schemas.ts'

export function sessionRoutes(app: App, { runtime: { sessions } }: RouteDeps): void {
  const tags = ['sessions']

  app.post(
    '/api/sessions',
    {
      config: { audit: 'open_session' },
      schema: { tags, summary: 'Open a session', body: OpenBody, response: { 201: Session } },
    },
    async (request, reply) => {
      const session = await sessions.open(request.body)
      request.auditTarget = session.id
      return reply.code(201).header('location', `/api/sessions/${session.id}`).send(session.view())
    },
  )

  app.get(
    '/api/sessions',
    {
      schema: {
        tags,
        summary: 'List sessions, newest activity first',
        response: { 200: Type.Object({ sessions: Type.Array(Session) }) },
      },
    },
    async () => ({ sessions: await sessions.list() }),
  )

  app.put(
    '/api/sessions/:id',
    {
      config: { audit: 'open_session' },
      schema: {
        tags,
        summary: 'Get a session, or open it under an id of your choice',
        params: SessionParams,
        body: OpenBody,
        response: { 200: Session, 201: Session, 410: Problem },
      },
    },
    async (request, reply) => {
      const { session, created } = await sessions.put(request.params.id, request.body)
      if (created) reply.code(201).header('location', `/api/sessions/${session.id}`)
      return session.view()
    },
  )

  app.get(
    '/api/sessions/:id',
    {
      schema: {
        tags,
        summary: 'Get a session',
        params: SessionParams,
        response: { 200: Session, 404: Problem },
      },
    },
    async (request) => (await sessions.get(request.params.id)).view(),
  )

  app.patch(
    '/api/sessions/:id',
    {
      config: { audit: 'edit_session' },
      schema: {
        tags,
        summary: 'Edit a session',
        params: SessionParams,
        body: EditBody,
        response: { 200: Session, 404: Problem },
      },
    },
    async (request) => (await sessions.edit(request.params.id, request.body)).view(),
  )

  app.delete(
    '/api/sessions/:id',
    {
      config: { audit: 'delete_session' },
      schema: {
        tags,
        summary: 'Stop what runs, then delete the session',
        params: SessionParams,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      await sessions.remove(request.params.id)
      return reply.code(204).send(null)
    },
  )
}
