/** The inspector: the view that the address asks for. */
import { useEffect, useMemo, useState } from 'preact/hooks'
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
      return <TurnView key={`${route.id} ${route.turn}`} page={page} id={route.id} place={route} />
    case 'file':
      return <FileView page={page} place={route} />
    case 'table':
      return <TableView />
  }
}

/** @returns another object each time that somebody goes to an address, even to that of before */
function useRoute(): Route {
  const [asked, setAsked] = useState({ hash: location.hash })
  useEffect(() => {
    const onChange = (): void => setAsked({ hash: location.hash })
    addEventListener('hashchange', onChange)
    return () => removeEventListener('hashchange', onChange)
  }, [])
  return useMemo(() => parseRoute(asked.hash), [asked])
}
