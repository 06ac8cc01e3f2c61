/** All sessions, newest first. */
import { useEffect, useState } from 'preact/hooks'
import type { Session } from '../../client/index.ts'
import { routePath } from '../route.ts'
import type { Web } from '../web.ts'

export function SessionsView({ web }: { web: Web }) {
  const [sessions, setSessions] = useState<Session[]>([])
  useEffect(() => void web.client.sessions.list().then(setSessions), [web])
  return (
    <main>
      {sessions.map(({ id, title }) => (
        <a key={id} href={routePath({ view: 'session', id })}>
          {title}
        </a>
      ))}
    </main>
  )
}
