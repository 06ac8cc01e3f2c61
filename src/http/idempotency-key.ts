/** The `Idempotency-Key` of a request: what may stand there, and what it stands for. */
import { createHash } from 'node:crypto'
import Type from 'typebox'
import type { IdempotencyKey } from '../runtime/idempotency.ts'
import { LIMITS } from '../runtime/limits.ts'

export const KeyHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.idempotencyKeyCharsMax })),
})

/**
 * @param asked all that makes another request another one; JSON
 * @returns undefined without a key
 */
export const keyOf = (
  headers: { 'idempotency-key'?: string },
  asked: unknown,
): IdempotencyKey | undefined => {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  return { key, bodyHash: createHash('sha256').update(JSON.stringify(asked)).digest('base64url') }
}
