/**
 * The way in, for every request: headers for its answer, the gates, how often its sender asks, and who that is. Routes,
 * pages, assets, what is not found and what the router cannot read all come through here; what HTTP's parser cannot read
 * has nothing to be asked (see problems.ts).
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Devices } from '../runtime/access/devices.ts'
import { CodedError } from '../runtime/errors.ts'
import type { Authenticate } from './authenticate.ts'
import { cutWhenGone } from './cut.ts'
import { factsOf, type GateSettings } from './gates/facts.ts'
import { refusalOf } from './gates/gates.ts'
import { cutBodyOff, limitBodyTime } from './late-body.ts'
import type { CheckRequestLimit } from './request-limit.ts'
import { setSecurityHeaders } from './security-headers.ts'
import type { Strangers } from './strangers.ts'

export type Admit = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

type AdmitDeps = {
  settings: GateSettings
  authenticate: Authenticate
  checkRequestLimit: CheckRequestLimit
  devices: Pick<Devices, 'onGone' | 'see'>
  strangers: Pick<Strangers, 'letIn'>
}

/** @returns throws why a request is refused, a CodedError; else notes on it who asks */
export function createAdmit({
  settings,
  authenticate,
  checkRequestLimit,
  devices,
  strangers,
}: AdmitDeps): Admit {
  const check = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const caller = authenticate(request)
    const deviceId = caller?.deviceId ?? null
    // For the audit, which tells of refusals too; no gate but the one for changes looks at it, and only for the token.
    Object.assign(request, { caller: caller?.name ?? 'nobody', deviceId })
    // Before anything counts for whoever it is: a browser sends a cookie along for pages that may not.
    const refusal = refusalOf(factsOf(request, caller), settings)
    if (refusal !== null) throw new CodedError(refusal)
    if (caller === null) limitBodyTime(request.raw, reply.raw)
    else strangers.letIn(request.socket)
    if (deviceId !== null) {
      devices.see(deviceId)
      // At once: a device that is taken out from now on is told to whoever asks in its name.
      cutWhenGone(devices, deviceId, request, reply)
    }
    await checkRequestLimit(request, caller)
    if (caller === null && !request.routeOptions.config.isPublic) throw new CodedError('unauthorized')
  }

  return async (request, reply) => {
    const isPage = request.routeOptions.config.isPage === true
    setSecurityHeaders(reply.raw, { isPage, protocol: request.protocol })
    try {
      await check(request, reply)
      // Now that somebody wants its body.
      if (request.headers.expect?.toLowerCase() === '100-continue') reply.raw.writeContinue()
    } catch (error) {
      cutBodyOff(request.raw)
      throw error
    }
  }
}
