/**
 * What a device still has open when it is out. Streams, downloads, uploads and answers on their way end at once; what
 * was asked for and has not begun does not begin.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Devices } from '../runtime/access/devices.ts'
import { CodedError } from '../runtime/errors.ts'
import type { App } from './app.ts'
import { isForStream } from './stream-request.ts'

/** Cuts a request off when its device is out, but for the one that takes it out. */
export function cutWhenGone(
  devices: Pick<Devices, 'onGone'>,
  deviceId: string,
  request: FastifyRequest,
  { raw }: FastifyReply,
): void {
  if (request.routeOptions.config.takesOut) return
  // A stream outlives its response.
  const open = isForStream(request.raw) ? request.raw.socket : raw
  open.on(
    'close',
    devices.onGone(deviceId, () => void open.destroy()),
  )
}

/**
 * Looks once more when all of a request is there: its body may have taken minutes. Without a promise in between, so that
 * nobody is taken out behind this look and before the handler.
 */
export function refuseWhenGone(app: App, devices: Pick<Devices, 'isIn'>): void {
  app.addHook('preHandler', ({ deviceId }, _, done) => {
    done(deviceId === null || devices.isIn(deviceId) ? undefined : new CodedError('unauthorized'))
  })
}
