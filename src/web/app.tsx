/** The page: the view that the address asks for. */
import { useEffect, useState } from 'preact/hooks'
import { parseRoute } from './route.ts'
import { SessionView } from './views/session.tsx'
import { SessionsView } from './views/sessions.tsx'
import type { Web } from './web.ts'

export function App({ web }: { web: Web }) {
  const route = useRoute()
  switch (route.view) {
    case 'session':
      return <SessionView key={route.id} web={web} id={route.id} />
    default:
      return <SessionsView web={web} />
  }
}

function useRoute() {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const onChange = (): void => setHash(location.hash)
    addEventListener('hashchange', onChange)
    return () => removeEventListener('hashchange', onChange)
  }, [])
  return parseRoute(hash)
}
