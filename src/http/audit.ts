/** Which requests the audit records: everything that changes something, and everything that was refused at the door. */
import type { FastifyRequest } from 'fastify'
import type { Access } from '../runtime/access/access.ts'
import type { App } from './app.ts'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']
/** Not let in, from the wrong place, or too often. */
const REFUSED_STATUSES = [401, 403, 421, 429]

/** Add it before any route: one that changes something and has no name in the audit cannot be added. */
export function auditRequests(app: App, { audit }: Pick<Access, 'audit'>): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    const isSafe = [method].flat().every((name) => SAFE_METHODS.includes(name))
    if (!isSafe && config?.audit === undefined) throw new Error(`${method} ${url} needs a name in the audit`)
  })

  // Before the answer goes out: whoever has one finds it in the audit.
  app.addHook('onSend', async (request, { statusCode }) => {
    const { caller, deviceId, refusal, ip: address } = request
    const action = request.routeOptions.config.audit
    if (action === undefined && !REFUSED_STATUSES.includes(statusCode)) return
    const outcome = refusal ?? 'ok'
    await audit.record({
      ...{ caller, deviceId, address, outcome },
      ...{ action: action ?? 'request', target: targetOf(request) },
    })
  })
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Of what strangers ask for, and of what is no id, the audit holds nothing: they would be words of their choice. */
function targetOf({ auditTarget, caller, params }: FastifyRequest): string | null {
  const { id } = (params ?? {}) as { id?: string }
  return auditTarget ?? (caller !== 'nobody' && id !== undefined && ID.test(id) ? id.toLowerCase() : null)
}
