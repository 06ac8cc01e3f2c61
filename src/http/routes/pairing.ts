/** How a device comes in, and leaves by itself: a code from somebody who is in, a login with it, a logout. */
import Type from 'typebox'
import { LIMITS } from '../../runtime/limits.ts'
import type { App, RouteDeps } from '../app.ts'
import { clearDeviceCookie, setDeviceCookie } from '../cookie.ts'
import { Device, NoBody, Problem } from '../schemas.ts'

const tags = ['access']

export function pairingRoutes(app: App, { runtime: { access }, publicUrl, basePath }: RouteDeps): void {
  app.post(
    '/api/pairing',
    {
      config: { audit: 'pair' },
      schema: {
        tags,
        summary: 'Make a code that lets one device in',
        description: 'The code is in the fragment of `url`, which a browser sends to nobody.',
        body: NoBody,
        response: {
          201: Type.Object({
            code: Type.String(),
            url: Type.String(),
            expiresAt: Type.String({ format: 'date-time' }),
          }),
        },
      },
    },
    async (request, reply) => {
      const { code, expiresAt } = access.pair()
      const origin = publicUrl ?? `${request.protocol}://${request.host}`
      return reply.code(201).send({ code, url: pairingUrl(origin + basePath, code), expiresAt })
    },
  )

  app.post(
    '/api/login',
    {
      config: { isPublic: true, audit: 'login' },
      bodyLimit: LIMITS.loginBodyBytesMax,
      schema: {
        tags,
        summary: 'Come in with a code: the answer sets the cookie of the device',
        security: [],
        body: Type.Object(
          {
            code: Type.String({ maxLength: LIMITS.pairingInputCharsMax }),
            name: Type.Optional(
              Type.String({
                maxLength: LIMITS.pairingInputCharsMax,
                description: 'what the device is called',
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 201: Device, 401: Problem, 409: Problem, 429: Problem },
      },
    },
    async (request, reply) => {
      const { code, name = '' } = request.body
      const { device, secret } = await access.login(code, { name, address: request.ip })
      Object.assign(request, { caller: device.name, deviceId: device.id, auditTarget: device.id })
      setDeviceCookie(reply, secret)
      return reply.code(201).send({ ...device, current: true })
    },
  )

  app.post(
    '/api/logout',
    {
      config: { audit: 'logout', takesOut: true },
      schema: {
        tags,
        summary: 'Take the device that asks out',
        body: NoBody,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      // The token has no session that could end.
      if (request.deviceId !== null) await access.devices.revoke(request.deviceId)
      clearDeviceCookie(reply)
      return reply.code(204).send(null)
    },
  )
}

/** Where a device pairs, with a code. A fragment is no part of a request: the code is in no log on the way. */
export const pairingUrl = (address: string, code: string): string => `${address}/pair#${code}`
