/** The `Idempotency-Key` of a request, with what was asked under it. */
import { createHash } from 'node:crypto'
import type { IdempotencyKey } from '../runtime/idempotency.ts'

/**
 * @param asked all of the request that its effect depends on, in one order: JSON
 * @returns undefined for a request without a key
 */
export function keyOf(
  request: { headers: { 'idempotency-key'?: string } },
  asked: unknown,
): IdempotencyKey | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  return { key, bodyHash: createHash('sha256').update(JSON.stringify(asked)).digest('base64url') }
}
