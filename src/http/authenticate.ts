/** Who asks: told from the credential that a request carries. Where it may come from is the gates' business. */
import type { IncomingHttpHeaders } from 'node:http'
import { createBearerCheck } from './token.ts'

/** `caller` is the name that the log knows them by. */
export type Caller = { caller: string; kind: 'bearer' | 'device'; deviceId?: string }

export type Authenticate = (request: { headers: IncomingHttpHeaders }) => Caller | null

/**
 * @returns null for a request without a valid credential. An Authorization header that is there is the only one that
 * counts: with a Bearer token a request needs less of the gates, which must not help one that is let in by a cookie.
 */
export function createAuthenticate({ token }: { token: string }): Authenticate {
  const isToken = createBearerCheck(token)
  return ({ headers }) => (isToken(headers.authorization) ? { caller: 'token', kind: 'bearer' } : null)
}
