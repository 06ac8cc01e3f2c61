/** What a device still has open when it is out: streams, downloads, uploads, answers on their way. They end at once. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Devices } from '../runtime/access/devices.ts'

/** Cuts a request off when its device is out, but for the one that takes it out. */
export function cutWhenGone(
  devices: Pick<Devices, 'onGone'>,
  deviceId: string,
  request: FastifyRequest,
  { raw }: FastifyReply,
): void {
  if (request.routeOptions.config.takesOut) return
  raw.on(
    'close',
    devices.onGone(deviceId, () => raw.destroy()),
  )
}
