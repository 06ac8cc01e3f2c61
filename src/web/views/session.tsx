/** One session: the conversation between a bar that says how fresh it is and a dock for the thumb. */
import { useEffect, useMemo } from 'preact/hooks'
import { createConversation } from '../state/conversation.ts'
import { useStore } from '../use-store.ts'
import type { Web } from '../web.ts'
import { Dock } from './dock.tsx'
import { LinkBadge } from './link-badge.tsx'
import { Transcript } from './transcript.tsx'

export function SessionView({ web, id }: { web: Web; id: string }) {
  const conversation = useMemo(
    () =>
      createConversation({
        client: web.client,
        sessionId: id,
        kept: null,
        schedule: (draw) => void requestAnimationFrame(draw),
        now: () => performance.now(),
      }),
    [web, id],
  )
  useEffect(() => {
    void conversation.run()
    return conversation.end
  }, [conversation])
  const { session, link, headId, events } = useStore(conversation.store, (context) => context)
  const title = session?.title ?? ''
  return (
    <div class="screen">
      <header class="bar">
        <a class="button plain" href="#/" aria-label="All sessions">
          ‹
        </a>
        <h1>{title}</h1>
        <LinkBadge link={link} behind={headId - (events.at(-1)?.id ?? -1)} onTap={conversation.reconnect} />
      </header>
      <Transcript conversation={conversation} />
      <Dock web={web} conversation={conversation} />
    </div>
  )
}
