/** One reader of the lobby: every session there is, and every change of one, as frames without an id. */
import type { Socket } from 'node:net'
import type PQueue from 'p-queue'
import { followLobby, type Told } from '../runtime/lobby/follow-lobby.ts'
import { listSession } from '../runtime/session-view.ts'
import type { Sessions } from '../runtime/sessions.ts'
import { frame, keepEventStream } from './event-stream.ts'

const frameOf = ({ id, session }: Told): string =>
  session === null ? frame('deleted', { id }) : frame('session', listSession(session))

/** Takes the connection over until the client leaves. One that reads slowly misses states, and is not dropped for it. */
export function streamLobby(
  socket: Socket,
  sessions: Sessions,
  options: { keepaliveMs: number; replays: PQueue; onClose: () => void },
): void {
  const stream = keepEventStream(socket, options)
  const follower = followLobby(
    { sessions, replays: options.replays },
    {
      write: (told) => stream.write(told.map(frameOf).join('')),
      caughtUp: () => void stream.write(frame('caught-up', {})),
      failed: () => socket.destroy(),
    },
  )
  socket.on('drain', follower.resume)
  socket.on('close', follower.stop)
}
