/**
 * One attached client: an event stream over a socket. It writes what it is handed and keeps the connection warm;
 * where the client stands is the follower's business.
 */
import type { ServerResponse } from 'node:http'
import type PQueue from 'p-queue'
import { LIMITS } from '../runtime/limits.ts'
import { follow, type Sink } from '../runtime/log/follow.ts'
import type { Session } from '../runtime/session.ts'

const HEADERS = {
  'content-type': 'text/event-stream',
  // no-transform and X-Accel-Buffering: proxies that compress or buffer would hold everything back.
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  connection: 'keep-alive',
}

const RETRY_MS = 1_000

const frame = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`

/**
 * Takes the response over until the client leaves, falls too far behind, or the session is deleted.
 * @param options.after the client's cursor; -1 for none; beyond the head it is reset
 */
export function streamSession(
  response: ServerResponse,
  session: Session,
  options: { after: number; keepaliveMs: number; replays: PQueue; onClose: () => void },
): void {
  const { log } = session
  const head = log.fold.lastEventId
  const ahead = options.after > head
  let ready = true
  let waitingBytes = 0

  const keepalive = setInterval(() => {
    // Behind a full socket it would only wait with the rest.
    if (ready) response.write(': keepalive\n\n')
  }, options.keepaliveMs)

  // Dropped, not queued for: it comes back with its cursor and has lost nothing. Only what stands still is: a burst
  // of output is more than 1 MiB ahead of any client for a moment, and a slow one that reads will get there.
  const dropIfStuck = (): void => {
    if (waitingBytes + response.writableLength > LIMITS.waitingBytesMax) response.destroy()
    else response.setTimeout(LIMITS.stalledMsMax)
  }

  const write = (frames: Buffer): boolean => {
    keepalive.refresh()
    ready = response.write(frames)
    // The socket's own timeout: it does not fire as long as the kernel takes a part of what was written.
    if (!ready) response.setTimeout(LIMITS.stalledMsMax)
    return ready
  }

  const sink: Sink = {
    write: ({ frames }) => write(frames),
    partial: write,
    caughtUp: (lastEventId, state) => void response.write(frame('caught-up', { lastEventId, state })),
    waiting(bytes) {
      waitingBytes += bytes
    },
    failed: () => response.destroy(),
  }

  const follower = follow(log, ahead ? -1 : options.after, sink, options.replays)
  const unsubscribe = session.onEnd(() => {
    response.end()
    // One that takes nothing any more would never see the end.
    setTimeout(() => response.destroy(), LIMITS.stalledMsMax).unref()
  })

  response.on('drain', () => {
    ready = true
    waitingBytes = 0
    response.setTimeout(0)
    follower.resume()
  })
  response.on('timeout', dropIfStuck)
  // A connection that breaks is how most streams end.
  response.on('error', () => {})
  response.on('close', () => {
    clearInterval(keepalive)
    unsubscribe()
    follower.stop()
    options.onClose()
  })

  response.writeHead(200, HEADERS)
  response.write(`retry: ${RETRY_MS}\n\n`)
  if (ahead) response.write(frame('reset', { reason: 'ahead', lastEventId: head }))
  follower.resume()
}
