/**
 * What changes something must say where it comes from, for a browser sends its cookies along whoever asks. A missing
 * Origin is no pass; and the header of our own is one that a form or a link cannot send.
 */
import type { ErrorName } from '../../runtime/errors.ts'
import type { RequestFacts } from './facts.ts'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

export function unsafeGate({
  method,
  hasBearer,
  origin,
  fetchSite,
  marker,
}: Pick<RequestFacts, 'method' | 'hasBearer' | 'origin' | 'fetchSite' | 'marker'>): ErrorName | null {
  if (SAFE_METHODS.includes(method) || hasBearer) return null
  const saysWhere = origin !== undefined || fetchSite !== undefined
  return saysWhere && marker === '1' ? null : 'header_missing'
}
