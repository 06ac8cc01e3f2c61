/** Which requests the audit records: everything that changes something, and everything that was refused at the door. */
import type { Access } from '../runtime/access/access.ts'
import type { App } from './app.ts'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']
/** Not let in, from the wrong place, or too often. */
const REFUSED_STATUSES = [401, 403, 421, 429]

/** Add it before any route: one that changes something and has no name in the audit cannot be added. */
export function auditRequests(app: App, { audit, refused }: Access): void {
  app.addHook('onRoute', ({ method, url, config }) => {
    const isSafe = [method].flat().every((name) => SAFE_METHODS.includes(name))
    if (!isSafe && config?.audit === undefined) throw new Error(`${method} ${url} needs a name in the audit`)
  })

  // Before the answer goes out: whoever has one finds it in the audit.
  app.addHook('onSend', async (request, reply) => {
    const { caller, deviceId, refusal, ip: address } = request
    const outcome = refusal ?? 'ok'
    if (REFUSED_STATUSES.includes(reply.statusCode)) return refused({ address, outcome })
    const action = request.routeOptions.config.audit
    if (action === undefined) return
    const target = request.auditTarget ?? (request.params as { id?: string }).id ?? null
    await audit.record({ caller, deviceId, address, action, outcome, target })
  })
}
