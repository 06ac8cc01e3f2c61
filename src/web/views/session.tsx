/** One session: the conversation between a bar that says how fresh it is and a dock for the thumb. */
import { useEffect, useMemo } from 'preact/hooks'
import { createConversation } from '../state/conversation.ts'
import { scheduleDraw } from '../state/page-life.ts'
import { useFollow } from '../use-follow.ts'
import { useStore } from '../use-store.ts'
import { visible } from '../visible.ts'
import type { Web } from '../web.ts'
import { Dock } from './dock.tsx'
import { GoneNote } from './gone-note.tsx'
import { KeptNote } from './kept-note.tsx'
import { LinkBadge } from './link-badge.tsx'
import { SessionTitle } from './session-title.tsx'
import { Transcript } from './transcript.tsx'

export function SessionView({ web, id }: { web: Web; id: string }) {
  const { client, keeper, base } = web
  const conversation = useMemo(() => {
    const now = (): number => performance.now()
    return createConversation({ client, keeper, sessionId: id, schedule: scheduleDraw, now })
  }, [client, keeper, id])
  useFollow(conversation, web.onLive)
  const { session, link, headId, events, gone, keptAt } = useStore(conversation.store, (context) => context)
  const title = visible(session?.title ?? '')
  useEffect(() => {
    document.title = title === '' ? 'breakglass' : `${title} · breakglass`
  }, [title])
  const behind = headId - (events.at(-1)?.id ?? -1)
  return (
    <div class="screen">
      <header class="bar">
        <a class="button plain to-list" href="#/">
          <span aria-hidden="true">‹</span>
          <span class="unseen">All sessions</span>
        </a>
        <SessionTitle {...{ client, session }} onChange={() => conversation.refresh().catch(() => {})} />
        <LinkBadge {...{ link, behind }} heardAt={conversation.heardAt} onTap={conversation.reconnect} />
      </header>
      <div class="middle">
        <KeptNote at={keptAt} />
        <Transcript conversation={conversation} />
      </div>
      {gone === null ? <Dock web={web} conversation={conversation} /> : <GoneNote why={gone} base={base} />}
    </div>
  )
}
