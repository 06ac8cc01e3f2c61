/** Whose credential a request carries. Where it may come from is the gates' business, and comes first. */
import type { FastifyRequest } from 'fastify'
import type { Devices } from '../runtime/access/devices.ts'
import { readDeviceCookies } from './cookie.ts'
import { createBearerCheck } from './token.ts'

/** By the name that the log knows them by; without a device it is the token. */
export type Caller = { name: string; deviceId: string | null }

export type Authenticate = (request: Pick<FastifyRequest, 'headers' | 'protocol'>) => Caller | null

/**
 * @returns null for a request without a valid credential. An Authorization header that is there is the only one that
 * counts: with a Bearer token a request needs less of the gates, which must not help one that is let in by a cookie.
 */
export function createAuthenticate({
  token,
  devices,
}: {
  token: string
  devices: Pick<Devices, 'recognise'>
}): Authenticate {
  const isToken = createBearerCheck(token)
  return (request) => {
    const { authorization } = request.headers
    if (authorization !== undefined) return isToken(authorization) ? { name: 'token', deviceId: null } : null
    for (const secret of readDeviceCookies(request)) {
      const device = devices.recognise(secret)
      if (device !== null) return { name: device.name, deviceId: device.id }
    }
    return null
  }
}
