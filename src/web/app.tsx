/** The page: the view that the address asks for. */
import { useEffect, useState } from 'preact/hooks'
import { parseRoute, type Route } from './route.ts'
import { DevicesView } from './views/devices.tsx'
import { NewSessionView } from './views/new-session.tsx'
import { SessionView } from './views/session.tsx'
import { SessionsView } from './views/sessions.tsx'
import { SettingsView } from './views/settings.tsx'
import type { Web } from './web.ts'

export function App({ web }: { web: Web }) {
  const route = useRoute()
  switch (route.view) {
    case 'sessions':
      return <SessionsView web={web} />
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
