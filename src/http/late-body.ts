/** How long the body of somebody may take who is not let in, or has only come to be. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { CodedError } from '../runtime/errors.ts'
import { LIMITS } from '../runtime/limits.ts'
import { refuseOnSocket } from './problems.ts'

/** A refused client that goes on sending is read for a moment, or the reset would take the answer with it. */
export function cutBodyOff(request: IncomingMessage): void {
  after(LIMITS.refusedBodyMs, request, () => request.socket.destroy())
}

/** Those who are in may have a slow line and a large file; a login is two words. */
export function limitBodyTime(request: IncomingMessage, response: ServerResponse): void {
  after(LIMITS.strangerBodyMs, request, () => {
    if (!response.headersSent) refuseOnSocket(new CodedError('request_timeout'), request.socket)
    cutBodyOff(request)
  })
}

/** Unless all of it has arrived by then. */
function after(ms: number, request: IncomingMessage, end: () => void): void {
  const timer = setTimeout(end, ms)
  request.once('close', () => clearTimeout(timer))
}
