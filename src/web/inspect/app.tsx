/** The inspector: the view that the address asks for. One that fails is left by going elsewhere. */
import { useEffect, useErrorBoundary, useMemo, useRef, useState } from 'preact/hooks'
import { parseRoute, type Route } from './route.ts'
import type { InspectorPage } from './state/inspector-page.ts'
import { ChooseView } from './views/choose.tsx'
import { FileView } from './views/file.tsx'
import { LiveView } from './views/live.tsx'
import { TableView } from './views/table-page.tsx'
import { Top } from './views/top.tsx'
import { TurnView } from './views/turn.tsx'

export function App({ page }: { page: InspectorPage }) {
  const route = useRoute()
  const failed = useRef<Route | null>(null)
  useErrorBoundary(() => {
    failed.current = route
  })
  if (failed.current === route) return <Fault />
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

const Fault = () => (
  <div class="screen">
    <Top title="Inspector" back="#/" />
    <main class="page">
      <p class="problem" role="alert">
        This cannot be shown: the page has a fault.
      </p>
    </main>
  </div>
)

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
