/** Where a client left off. Decimal digits and nothing else: a cursor that cannot be read must never mean zero. */
import { CodedError } from '../runtime/errors.ts'

/**
 * @param given a header or a query parameter; arrays are what a repeated one is parsed to
 * @returns the id of the last event that the client has; -1 for none
 * @throws bad_cursor
 */
export function parseCursor(given: unknown): number {
  if (given === undefined) return -1
  if (typeof given === 'string' && /^\d+$/.test(given)) return Number(given)
  throw new CodedError('bad_cursor', 'The cursor must be the decimal id of an event')
}
