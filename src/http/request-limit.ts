/**
 * How often may be asked in a minute, of what passes the gates: by each device, and from each address with the token.
 * Strangers are counted apart, by address. A refusal by the gates costs no more than one for coming too often.
 */
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { CodedError } from '../runtime/errors.ts'
import { LIMITS } from '../runtime/limits.ts'
import type { App } from './app.ts'
import type { Caller } from './authenticate.ts'

const MINUTE_MS = 60_000

export type CheckRequestLimit = (request: FastifyRequest, caller: Caller | null) => Promise<void>

/** @returns throws too_many_requests, with the seconds that it will take */
export async function createRequestLimit(app: App): Promise<CheckRequestLimit> {
  await app.register(rateLimit, { global: false, timeWindow: MINUTE_MS })
  const ofCallers = app.createRateLimit({
    max: LIMITS.callerRequestsPerMinuteMax,
    keyGenerator: ({ deviceId, ip }) => deviceId ?? ip,
  })
  const ofStrangers = app.createRateLimit({ max: LIMITS.strangerRequestsPerMinuteMax })
  return async (request, caller) => {
    const counted = await (caller === null ? ofStrangers : ofCallers)(request)
    if (!counted.isAllowed && counted.isExceeded)
      throw new CodedError('too_many_requests', undefined, { retryAfterS: counted.ttlInSeconds })
  }
}
