/** Which page asks, where a browser says so: one of this server's own, to the letter, and no other. */
import type { ErrorName } from '../../runtime/errors.ts'
import type { RequestFacts } from './facts.ts'

export function originGate({
  origin,
  protocol,
  host,
}: Pick<RequestFacts, 'origin' | 'protocol' | 'host'>): ErrorName | null {
  return origin === undefined || origin === `${protocol}://${host}` ? null : 'origin_not_allowed'
}
