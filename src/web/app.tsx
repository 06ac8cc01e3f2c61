/** The page: the view that the address asks for, and at a desk the list beside it. */
import { useEffect, useState } from 'preact/hooks'
import { parseRoute, type Route } from './route.ts'
import { useMedia, WIDE } from './use-media.ts'
import { DevicesView } from './views/devices.tsx'
import { NewSessionView } from './views/new-session.tsx'
import { NewerNote } from './views/newer-note.tsx'
import { NothingOpen } from './views/nothing-open.tsx'
import { SessionView } from './views/session.tsx'
import { SessionsView } from './views/sessions.tsx'
import { SettingsView } from './views/settings.tsx'
import type { Web } from './web.ts'

export function App({ web }: { web: Web }) {
  const route = useRoute()
  const isWide = useMedia(WIDE)
  return (
    <>
      <NewerNote web={web} />
      {isWide ? (
        <div class="desk">
          <aside aria-label="Sessions">
            <SessionsView web={web} openId={route.view === 'session' ? route.id : null} />
          </aside>
          {route.view === 'sessions' ? <NothingOpen /> : <View web={web} route={route} />}
        </div>
      ) : (
        <View web={web} route={route} />
      )}
    </>
  )
}

function View({ web, route }: { web: Web; route: Route }) {
  switch (route.view) {
    case 'sessions':
      return (
        <main>
          <SessionsView web={web} openId={null} />
        </main>
      )
    case 'session':
      return <SessionView key={route.id} web={web} id={route.id} />
    case 'new':
      return <NewSessionView web={web} />
    case 'devices':
      return <DevicesView web={web} />
    case 'settings':
      return <SettingsView web={web} />
  }
}

function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const onChange = (): void => setHash(location.hash)
    addEventListener('hashchange', onChange)
    return () => removeEventListener('hashchange', onChange)
  }, [])
  return parseRoute(hash)
}
