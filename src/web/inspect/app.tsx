/** The inspector: the view that the address asks for. */
import { useEffect, useState } from 'preact/hooks'
import { parseRoute, type Route } from './route.ts'
import type { InspectorPage } from './state/inspector-page.ts'
import { ChooseView } from './views/choose.tsx'
import { FileView } from './views/file.tsx'
import { LiveView } from './views/live.tsx'
import { TableView } from './views/table-page.tsx'
import { TurnView } from './views/turn.tsx'

export function App({ page }: { page: InspectorPage }) {
  const route = useRoute()
  switch (route.view) {
    case 'choose':
      return <ChooseView page={page} />
    case 'live':
      return <LiveView key={route.id} page={page} id={route.id} />
    case 'turn':
      return <TurnView key={`${route.id} ${route.turn}`} page={page} {...route} turn={route.turn ?? 0} />
    case 'file':
      return <FileView page={page} {...route} />
    case 'table':
      return <TableView />
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
