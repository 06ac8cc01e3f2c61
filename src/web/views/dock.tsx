/** What the thumb needs: the turn that is open with its Stop, what waits for an answer, and the composer. */
import type { ConversationControl } from '../state/conversation.ts'
import { useStore } from '../use-store.ts'
import type { Web } from '../web.ts'

export function Dock({ conversation }: { web: Web; conversation: ConversationControl }) {
  const state = useStore(conversation.store, ({ session }) => session?.state)
  return <footer class="dock">{state}</footer>
}
