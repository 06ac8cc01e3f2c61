/** What a session is called, and how many turns it has. */
import { useEffect, useState } from 'preact/hooks'
import type { Client } from '../../../client/index.ts'
import { visible } from '../../visible.ts'

/** @param turn the newest that is known otherwise: it is asked again when there is another */
export function useSession(client: Client, id: string, turn: number): { title: string; turns: number } {
  const [known, setKnown] = useState({ title: '', turns: 0 })
  useEffect(() => {
    let isGone = false
    // Without it there is a view all the same: it has the stream, or the log, to say what is wrong.
    client.sessions.get(id).then(
      (session) => !isGone && setKnown({ title: visible(session.title), turns: session.turn }),
      () => {},
    )
    return () => {
      isGone = true
    }
  }, [client, id, turn])
  return { ...known, turns: Math.max(known.turns, turn) }
}
