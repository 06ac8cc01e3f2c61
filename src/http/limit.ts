/** How much of a list a client wants at once. */
import { CodedError } from '../runtime/errors.ts'

/**
 * @param given a query parameter
 * @throws bad_request
 */
export function parseLimit(given: unknown, { fallback, max }: { fallback: number; max: number }): number {
  if (given === undefined) return fallback
  const limit = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : 0
  if (limit >= 1 && limit <= max) return limit
  throw new CodedError('bad_request', `limit must be a whole number from 1 to ${max}`)
}
