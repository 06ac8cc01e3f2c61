/**
 * What changes something must say where it comes from, for a browser sends its cookies along whoever asks. A missing
 * Origin is no pass; and the header of our own is one that a form or a link cannot send.
 */
import type { ErrorName } from '../../runtime/errors.ts'
import type { RequestFacts } from './facts.ts'

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS']

export function unsafeGate({
  method,
  bearer,
  origin,
  fetchSite,
  marker,
}: Pick<RequestFacts, 'method' | 'bearer' | 'origin' | 'fetchSite' | 'marker'>): ErrorName | null {
  if (SAFE_METHODS.includes(method) || bearer === 'valid') return null
  const saysWhere = origin !== undefined || fetchSite !== undefined
  if (saysWhere && marker === '1') return null
  // Who has the wrong token is a program: what a page has to send is no help to it.
  return bearer === 'wrong' ? 'unauthorized' : 'header_missing'
}
