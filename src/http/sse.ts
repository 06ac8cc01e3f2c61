/**
 * One client attached to a session: it writes what it is handed, and drops a client that stands still; where the client
 * stands is the follower's business.
 */
import type { Socket } from 'node:net'
import type PQueue from 'p-queue'
import { LIMITS } from '../runtime/limits.ts'
import { follow, type Sink } from '../runtime/log/follow.ts'
import type { Session } from '../runtime/session.ts'
import { frame, keepEventStream } from './event-stream.ts'

/**
 * Takes the connection over until the client leaves, falls too far behind, or the session is deleted.
 * @param options.after the client's cursor; -1 for none; beyond the head it is reset
 */
export function streamSession(
  socket: Socket,
  session: Session,
  options: { after: number; keepaliveMs: number; replays: PQueue; onClose: () => void },
): void {
  const { log } = session
  const head = log.fold.lastEventId
  const ahead = options.after > head
  const stream = keepEventStream(socket, options)
  if (ahead) socket.write(frame('reset', { reason: 'ahead', lastEventId: head }))
  let waitingBytes = 0

  // Dropped, not queued for: it comes back with its cursor and has lost nothing. Only what stands still is: a burst
  // of output is more than 1 MiB ahead of any client for a moment, and a slow one that reads will get there.
  const dropIfStuck = (): void => {
    if (waitingBytes + socket.writableLength > LIMITS.waitingBytesMax) socket.destroy()
    else socket.setTimeout(LIMITS.stalledMsMax)
  }

  const write = (frames: Buffer): boolean => {
    const ready = stream.write(frames)
    // The socket's own timeout: it does not fire as long as the kernel takes a part of what was written.
    if (!ready) socket.setTimeout(LIMITS.stalledMsMax)
    return ready
  }

  const sink: Sink = {
    write: ({ frames }) => write(frames),
    partial: write,
    caughtUp: (lastEventId, state) => void socket.write(frame('caught-up', { lastEventId, state })),
    waiting(bytes) {
      waitingBytes += bytes
    },
    failed: () => socket.destroy(),
  }

  const follower = follow(log, ahead ? -1 : options.after, sink, options.replays)
  const unsubscribe = session.onEnd(() => {
    socket.destroySoon()
    // One that takes nothing any more would never see the end.
    setTimeout(() => socket.destroy(), LIMITS.stalledMsMax).unref()
  })

  socket.on('drain', () => {
    waitingBytes = 0
    socket.setTimeout(0)
    follower.resume()
  })
  socket.on('timeout', dropIfStuck)
  socket.on('close', () => {
    unsubscribe()
    follower.stop()
  })
  follower.resume()
}
