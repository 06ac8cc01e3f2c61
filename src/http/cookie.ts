/**
 * The cookie that a paired device is told by. Under https its name begins with `__Host-`: browsers take such a one from
 * this origin alone, for all of it, and never over plain HTTP. https://datatracker.ietf.org/doc/html/rfc6265bis §4.1.3
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isDeviceSecret } from '../runtime/access/devices.ts'
import { LIMITS } from '../runtime/limits.ts'

const nameOf = (protocol: string): string => (protocol === 'https' ? '__Host-breakglass' : 'breakglass')

const attributesOf = (protocol: string) =>
  ({ httpOnly: true, sameSite: 'strict', path: '/', secure: protocol === 'https' }) as const

/**
 * What a request brings along that may be a secret. Over plain HTTP another server of the same name, on another port, can
 * set cookies of ours, which then come first: so all of them count, as many as a head has room for.
 */
export function readDeviceCookies({
  headers,
  protocol,
}: Pick<FastifyRequest, 'headers' | 'protocol'>): string[] {
  const prefix = `${nameOf(protocol)}=`
  const given = (headers.cookie ?? '').split(';').map((pair) => pair.trim())
  const values = given.filter((pair) => pair.startsWith(prefix)).map((pair) => pair.slice(prefix.length))
  return values.filter(isDeviceSecret)
}

/** As an age, not a date: a phone's clock may be wrong. The server's own expiry is what counts. */
export function setDeviceCookie(reply: FastifyReply, secret: string): void {
  const { protocol } = reply.request
  reply.setCookie(nameOf(protocol), secret, { ...attributesOf(protocol), maxAge: LIMITS.deviceAgeMs / 1_000 })
}

export function clearDeviceCookie(reply: FastifyReply): void {
  const { protocol } = reply.request
  reply.clearCookie(nameOf(protocol), attributesOf(protocol))
}
