/** Which devices are in, and taking them out. */
import Type from 'typebox'
import type { App, RouteDeps } from '../app.ts'
import { Device, Problem } from '../schemas.ts'

const tags = ['access']

export function deviceRoutes(app: App, { runtime }: RouteDeps): void {
  const { devices } = runtime.access

  app.get(
    '/api/devices',
    {
      schema: {
        tags,
        summary: 'List the paired devices, the oldest first',
        response: { 200: Type.Object({ devices: Type.Array(Device) }) },
      },
    },
    async (request) => ({
      devices: devices.list().map((device) => ({ ...device, current: device.id === request.deviceId })),
    }),
  )

  app.delete(
    '/api/devices/:id',
    {
      config: { audit: 'revoke', takesOut: true },
      schema: {
        tags,
        summary: 'Take a device out; what it has open ends at once',
        params: Type.Object({ id: Type.String() }),
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      await devices.revoke(request.params.id)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/devices',
    {
      config: { audit: 'revoke_all' },
      schema: {
        tags,
        summary: 'Take all devices out but the one that asks',
        response: { 200: Type.Object({ revoked: Type.Integer({ minimum: 0 }) }) },
      },
    },
    async (request) => ({ revoked: await devices.revokeAllBut(request.deviceId) }),
  )
}
