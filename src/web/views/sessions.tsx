/** All sessions: what needs somebody first, then what runs, then the newest. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { ListedSession } from '../../client/index.ts'
import { LIMITS } from '../limits.ts'
import { createLobby } from '../state/lobby.ts'
import { scheduleDraw } from '../state/page-life.ts'
import { aheadOf } from '../state/server-clock.ts'
import { orderSessions } from '../state/session-order.ts'
import { ageText } from '../state/words.ts'
import { useFollow } from '../use-follow.ts'
import { useNow } from '../use-now.ts'
import { useStore } from '../use-store.ts'
import type { Web } from '../web.ts'
import { GoneNote } from './gone-note.tsx'
import { KeptNote } from './kept-note.tsx'
import { LinkBadge } from './link-badge.tsx'
import { SessionRow } from './session-row.tsx'

export function SessionsView({ web: { client, keeper, base } }: { web: Web }) {
  const lobby = useMemo(
    () => createLobby({ client, keeper, schedule: scheduleDraw, now: () => performance.now() }),
    [client, keeper],
  )
  useFollow(lobby)
  useEffect(() => {
    document.title = 'breakglass'
  }, [])
  const { sessions, isComplete, link, gone, keptAt } = useStore(lobby.store, (context) => context)
  const [search, setSearch] = useState('')
  const [archived, setArchived] = useState(false)
  const shown = useMemo(() => orderSessions(sessions, { search, archived }), [sessions, search, archived])
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
      <main class="sessions">
        <KeptNote at={keptAt} />
        <div class="sessions-filter">
          <input
            type="search"
            placeholder="Search"
            aria-label="Search sessions"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <button type="button" class="plain" aria-pressed={archived} onClick={() => setArchived(!archived)}>
            Archived
          </button>
        </div>
        {shown.length > 0 && (
          <ul class="session-list">
            {shown.map((session) => (
              <SessionRow key={session.id} client={client} session={session} age={ageOf(session)} />
            ))}
          </ul>
        )}
        {shown.length === 0 && <p class="empty quiet">{emptyText({ isKnown, archived, search })}</p>}
      </main>
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
