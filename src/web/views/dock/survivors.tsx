/** What a stopped turn left behind on the machine, named until it is dismissed. */
import { useState } from 'preact/hooks'
import type { ConversationControl } from '../../state/conversation.ts'
import type { Desk } from '../../state/desk.ts'
import { survivorsOf } from '../../state/survivors.ts'
import { useStore } from '../../use-store.ts'
import { visible } from '../../visible.ts'

export function SurvivorsNote({ desk, conversation }: { desk: Desk; conversation: ConversationControl }) {
  const { sessionId, store } = conversation
  const events = useStore(store, (context) => context.events)
  const [seenTurn, setSeenTurn] = useState(() => desk.seen.turn(sessionId))
  const survivors = survivorsOf(events, seenTurn)
  if (survivors === null) return null
  const { turn, count, names } = survivors
  return (
    <section class="note danger-edge" aria-label="Still running" role="alert">
      <p>
        <strong>{count === 1 ? '1 process is still there' : `${count} processes are still there`}</strong>{' '}
        after the stop of turn {turn}.
      </p>
      {names.map((name) => (
        <pre key={name}>{visible(name)}</pre>
      ))}
      <button
        type="button"
        onClick={() => {
          desk.seen.see(sessionId, turn)
          setSeenTurn(turn)
        }}
      >
        Dismiss
      </button>
    </section>
  )
}
