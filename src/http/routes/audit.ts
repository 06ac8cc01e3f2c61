/** The audit, to be read. Nothing changes it. */
import Type from 'typebox'
import { LIMITS } from '../../runtime/limits.ts'
import type { App, RouteDeps } from '../app.ts'
import { parseCursor } from '../cursor.ts'
import { parseLimit } from '../limit.ts'

const AuditRecord = Type.Object({
  id: Type.Integer(),
  at: Type.String({ format: 'date-time' }),
  caller: Type.String(),
  deviceId: Type.Union([Type.String(), Type.Null()]),
  address: Type.String(),
  action: Type.String(),
  outcome: Type.String({ description: '`ok`, or the code of the error' }),
  target: Type.Union([Type.String(), Type.Null()], { description: 'the session or the device' }),
  count: Type.Integer({ description: 'more than 1: as many failures of one kind' }),
})

export function auditRoutes(app: App, { runtime }: RouteDeps): void {
  const { audit } = runtime.access

  app.get(
    '/api/audit',
    {
      schema: {
        tags: ['access'],
        summary: 'Who did what, the newest first',
        querystring: Type.Object({
          before: Type.Optional(Type.Any({ description: 'records with a smaller id' })),
          limit: Type.Optional(Type.Any({ description: `1 to ${LIMITS.auditPageMax} records` })),
        }),
        response: { 200: Type.Object({ records: Type.Array(AuditRecord), more: Type.Boolean() }) },
      },
    },
    async (request) => {
      const { before, limit } = request.query as { before?: unknown; limit?: unknown }
      const newest = before === undefined ? Number.MAX_SAFE_INTEGER : parseCursor(before)
      const max = parseLimit(limit, { fallback: LIMITS.auditPageDefault, max: LIMITS.auditPageMax })
      const records = await audit.read(newest, max + 1)
      return { records: records.slice(0, max), more: records.length > max }
    },
  )
}
