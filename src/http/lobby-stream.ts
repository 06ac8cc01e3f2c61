/** One reader of the lobby: every session there is, and every change of one, as frames without an id. */
import type { ServerResponse } from 'node:http'
import type PQueue from 'p-queue'
import { followLobby, type Told } from '../runtime/lobby/follow-lobby.ts'
import { listSession } from '../runtime/session-view.ts'
import type { Sessions } from '../runtime/sessions.ts'
import { frame, openEventStream } from './event-stream.ts'

const frameOf = ({ id, session }: Told): string =>
  session === null ? frame('deleted', { id }) : frame('session', listSession(session))

/** Takes the response over until the client leaves. One that reads slowly misses states, and is not dropped for it. */
export function streamLobby(
  response: ServerResponse,
  sessions: Sessions,
  options: { keepaliveMs: number; replays: PQueue; onClose: () => void },
): void {
  const stream = openEventStream(response, options)
  const follower = followLobby(
    { sessions, replays: options.replays },
    {
      write: (told) => stream.write(told.map(frameOf).join('')),
      caughtUp: () => void stream.write(frame('caught-up', {})),
      failed: () => response.destroy(),
    },
  )
  response.on('drain', follower.resume)
  response.on('close', follower.stop)
}
