/** How many requests may come from one address in a minute. Strangers are counted apart from callers. */
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import { CodedError } from '../runtime/errors.ts'
import { LIMITS } from '../runtime/limits.ts'
import type { App } from './app.ts'

const MINUTE_MS = 60_000

export type CheckRequestLimit = (request: FastifyRequest, caller: string | null) => Promise<void>

/** @returns throws too_many_requests, with the seconds that it will take */
export async function createRequestLimit(app: App): Promise<CheckRequestLimit> {
  await app.register(rateLimit, { global: false })
  const limit = (max: number) => app.createRateLimit({ max, timeWindow: MINUTE_MS })
  const ofCallers = limit(LIMITS.callerRequestsPerMinuteMax)
  const ofStrangers = limit(LIMITS.strangerRequestsPerMinuteMax)
  return async (request, caller) => {
    const counted = await (caller === null ? ofStrangers : ofCallers)(request)
    if (!counted.isAllowed && counted.isExceeded)
      throw new CodedError('too_many_requests', undefined, { retryAfterS: counted.ttlInSeconds })
  }
}
