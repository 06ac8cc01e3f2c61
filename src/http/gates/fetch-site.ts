/** Fetch Metadata: asked for by a page of this origin, or by the user themself. https://www.w3.org/TR/fetch-metadata/ */
import type { ErrorName } from '../../runtime/errors.ts'
import type { RequestFacts } from './facts.ts'

export function fetchSiteGate({ fetchSite }: Pick<RequestFacts, 'fetchSite'>): ErrorName | null {
  // `same-site` is another port of this machine, or a neighbour of its domain.
  return fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none' ? null : 'cross_site'
}
