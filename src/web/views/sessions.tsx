/** All sessions: what needs somebody first, then what runs, then the newest. It is found again as it was left. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { ListedSession } from '../../client/index.ts'
import { LIMITS } from '../limits.ts'
import { createLobby } from '../state/lobby.ts'
import { scheduleDraw } from '../state/page-life.ts'
import { aheadOf } from '../state/server-clock.ts'
import { orderSessions } from '../state/session-order.ts'
import { ageText } from '../times.ts'
import { useFollow } from '../use-follow.ts'
import { useNow } from '../use-now.ts'
import { useStore } from '../use-store.ts'
import type { Web } from '../web.ts'
import { GoneNote } from './gone-note.tsx'
import { KeptNote } from './kept-note.tsx'
import { LinkBadge } from './link-badge.tsx'
import { SessionRow } from './session-row.tsx'

/** @param openId of the session that is open beside it */
export function SessionsView({ web, openId }: { web: Web; openId: string | null }) {
  const { client, keeper, base, list } = web
  const lobby = useMemo(
    () => createLobby({ client, keeper, schedule: scheduleDraw, now: () => performance.now() }),
    [client, keeper],
  )
  useFollow(lobby, web.onLive)
  useEffect(() => {
    if (openId === null) document.title = 'breakglass'
  }, [openId])
  const { sessions, isComplete, link, gone, keptAt } = useStore(lobby.store, (context) => context)
  const [search, setSearch] = useState(list.search)
  const [archived, setArchived] = useState(list.archived)
  const shown = useMemo(() => orderSessions(sessions, { search, archived }), [sessions, search, archived])
  const scroller = useRef<HTMLDivElement>(null)
  const isThere = shown.length > 0
  useLayoutEffect(() => {
    if (isThere) scroller.current!.scrollTop = list.scrollTop
  }, [isThere])
  Object.assign(list, { search, archived })
  const aheadMs = aheadOf(link.served, { now: performance.now(), wall: Date.now() })
  const now = useNow(LIMITS.ageTickMs) - aheadMs
  const ageOf = ({ updatedAt }: ListedSession): string => ageText(now - Date.parse(updatedAt))
  const isKnown = isComplete || keptAt !== null
  return (
    <div class="screen">
      <header class="bar">
        <h1 class="brand">breakglass</h1>
        <LinkBadge link={link} behind={0} heardAt={lobby.heardAt} onTap={lobby.reconnect} />
        <a class="button plain" href="#/settings">
          <span aria-hidden="true">⚙</span>
          <span class="unseen">Settings</span>
        </a>
      </header>
      <div class="middle">
        <KeptNote at={keptAt} />
        <div
          class="sessions"
          ref={scroller}
          onScroll={({ currentTarget }) => {
            list.scrollTop = currentTarget.scrollTop
          }}
        >
          <div class="sessions-filter">
            <input
              type="search"
              placeholder="Search"
              aria-label="Search sessions"
              value={search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
            <button
              type="button"
              class="plain"
              aria-pressed={archived}
              onClick={() => setArchived(!archived)}
            >
              Archived
            </button>
          </div>
          {isThere && (
            <ul class="session-list">
              {shown.map((session) => (
                <SessionRow
                  key={session.id}
                  client={client}
                  session={session}
                  age={ageOf(session)}
                  isOpen={session.id === openId}
                />
              ))}
            </ul>
          )}
          {!isThere && gone === null && <p class="empty quiet">{emptyText({ isKnown, archived, search })}</p>}
        </div>
      </div>
      {gone === null ? (
        <footer class="dock">
          <a class="button primary wide" href="#/new">
            New session
          </a>
        </footer>
      ) : (
        <GoneNote why={gone} base={base} />
      )}
    </div>
  )
}

function emptyText(at: { isKnown: boolean; archived: boolean; search: string }): string {
  if (!at.isKnown) return 'Asking the server…'
  if (at.search !== '') return 'Nothing matches.'
  return at.archived
    ? 'Nothing is archived.'
    : 'No sessions yet. Open one: a turn goes on when you put the phone away.'
}
