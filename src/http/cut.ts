/** What a device still has open when it is out: streams, downloads, uploads. They end at once. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Devices } from '../runtime/access/devices.ts'

/**
 * Cuts a request off when its device is out: one that is still arriving, or is being answered already. What is in
 * between was asked in time, and gets its short answer: so does the request by which a device takes itself out.
 */
export function cutWhenGone(
  devices: Pick<Devices, 'onGone'>,
  deviceId: string,
  request: FastifyRequest,
  { raw }: FastifyReply,
): void {
  const forget = devices.onGone(deviceId, () => {
    if (raw.headersSent || !request.raw.complete) raw.destroy()
  })
  raw.on('close', forget)
}
