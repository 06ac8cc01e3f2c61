/** Where to look: a session, a file, the table. */

import { useEffect, useState } from 'preact/hooks'
import type { Session } from '../../../client/index.ts'
import { problemText } from '../../state/problem-text.ts'
import { ageText } from '../../times.ts'
import { visible } from '../../visible.ts'
import { routePath } from '../route.ts'
import type { InspectorPage } from '../state/inspector-page.ts'
import { Top } from './top.tsx'

export function ChooseView({ page: { client, base } }: { page: InspectorPage }) {
  const [sessions, setSessions] = useState<readonly Session[] | null>(null)
  const [problem, setProblem] = useState('')
  useEffect(() => {
    client.sessions.list().then(setSessions, (error) => setProblem(problemText(error)))
  }, [client])
  return (
    <div class="screen">
      <Top title="Inspector" back={`${base}/`} />
      <main class="page">
        <p class="quiet">
          What the state machines do, live, and at any step of any past turn. Choose a session, or a log that
          was exported.
        </p>
        <nav class="ways" aria-label="Elsewhere">
          <a class="button" href={routePath({ view: 'file', turn: null, step: null })}>
            Open a file
          </a>
          <a class="button" href={routePath({ view: 'table' })}>
            Every state × event
          </a>
        </nav>
        <p class="problem" role="alert">
          {problem}
        </p>
        {sessions !== null && (
          <ul class="session-list">
            {sessions.map((session) => (
              <SessionLine key={session.id} session={session} />
            ))}
          </ul>
        )}
        {sessions?.length === 0 && <p class="empty quiet">There is no session yet.</p>}
      </main>
    </div>
  )
}

function SessionLine({ session: { id, title, state, turn, lastEventId, updatedAt } }: { session: Session }) {
  const age = ageText(Date.now() - Date.parse(updatedAt))
  return (
    <li class="session-row">
      <a href={routePath({ view: 'live', id })}>
        <span class="session-title">{visible(title)}</span>
        {state !== 'idle' && <span class="badge runs">{state}</span>}
        <span class="session-facts quiet">
          {turn === 1 ? '1 turn' : `${turn} turns`} · {lastEventId + 1} events · {age}
        </span>
      </a>
    </li>
  )
}
