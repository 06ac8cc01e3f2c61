/** One session: the conversation between a bar that says how fresh it is and a dock for the thumb. */
import { useEffect, useMemo } from 'preact/hooks'
import { type ConversationControl, createConversation } from '../state/conversation.ts'
import { followPageLife, scheduleDraw } from '../state/page-life.ts'
import { useStore } from '../use-store.ts'
import { visible } from '../visible.ts'
import type { Web } from '../web.ts'
import { Dock } from './dock.tsx'
import { GoneNote } from './gone-note.tsx'
import { LinkBadge } from './link-badge.tsx'
import { Transcript } from './transcript.tsx'

export function SessionView({ web, id }: { web: Web; id: string }) {
  const conversation = useConversation(web, id)
  const { session, link, headId, events, gone, keptAt } = useStore(conversation.store, (context) => context)
  const title = visible(session?.title ?? '')
  useEffect(() => {
    document.title = title === '' ? 'breakglass' : `${title} · breakglass`
  }, [title])
  const behind = headId - (events.at(-1)?.id ?? -1)
  return (
    <div class="screen">
      <header class="bar">
        <a class="button plain" href="#/">
          <span aria-hidden="true">‹</span>
          <span class="unseen">All sessions</span>
        </a>
        <h1>{title}</h1>
        <LinkBadge {...{ link, behind }} heardAt={conversation.heardAt} onTap={conversation.reconnect} />
      </header>
      <div class="middle">
        {keptAt !== null && (
          <p class="kept">As of {new Date(keptAt).toLocaleString()}. The server has not been heard yet.</p>
        )}
        <Transcript conversation={conversation} />
      </div>
      {gone === null ? (
        <Dock web={web} conversation={conversation} />
      ) : (
        <GoneNote why={gone} base={web.base} />
      )}
    </div>
  )
}

/** Attached for as long as the view is there; anew, with the cursor, whenever the page comes back. */
function useConversation({ client, keeper }: Web, sessionId: string): ConversationControl {
  const conversation = useMemo(
    () =>
      createConversation({
        ...{ client, keeper, sessionId },
        schedule: scheduleDraw,
        now: () => performance.now(),
      }),
    [client, keeper, sessionId],
  )
  useEffect(() => {
    void conversation.run()
    const keep = (): void => void conversation.keep()
    const unfollow = followPageLife({ onBack: conversation.reconnect, onAway: keep })
    return () => {
      keep()
      unfollow()
      conversation.end()
    }
  }, [conversation])
  return conversation
}
