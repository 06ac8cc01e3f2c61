/**
 * The cookie that a paired device is told by. Under https its name begins with `__Host-`: browsers take such a one from
 * this origin alone, for all of it, and never over plain HTTP. https://datatracker.ietf.org/doc/html/rfc6265bis §4.1.3
 */
import { fastifyCookie } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { LIMITS } from '../runtime/limits.ts'

const nameOf = (protocol: string): string => (protocol === 'https' ? '__Host-breakglass' : 'breakglass')

const attributesOf = (protocol: string) =>
  ({ httpOnly: true, sameSite: 'strict', path: '/', secure: protocol === 'https' }) as const

/** The secret that a request brings along, if any. */
export function readDeviceCookie({
  headers,
  protocol,
}: Pick<FastifyRequest, 'headers' | 'protocol'>): string | undefined {
  return fastifyCookie.parse(headers.cookie ?? '')[nameOf(protocol)]
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
