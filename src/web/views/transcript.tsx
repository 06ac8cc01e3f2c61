/** The conversation, as rows of a list. */
import type { ConversationControl } from '../state/conversation.ts'
import { useStore } from '../use-store.ts'

export function Transcript({ conversation }: { conversation: ConversationControl }) {
  const events = useStore(conversation.store, (context) => context.events)
  return (
    <main class="transcript">
      {events.map((event) => (
        <pre key={event.id}>{JSON.stringify(event)}</pre>
      ))}
    </main>
  )
}
