/** The conversation. Its rows, and what reads Markdown, come while its first events do: neither waits for the other. */
import type { ConversationControl } from '../state/conversation.ts'
import { createLazy } from './lazy.ts'
import { NothingYet } from './transcript-nothing.tsx'

export const loadTranscript = () => import('./transcript-list.tsx')

const useList = createLazy(loadTranscript)

export function Transcript({ conversation }: { conversation: ConversationControl }) {
  const list = useList(true)
  if (list !== null) return <list.TranscriptList conversation={conversation} />
  return (
    <main class="transcript">
      <NothingYet conversation={conversation} />
    </main>
  )
}
