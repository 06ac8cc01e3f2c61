/** One session in the list: what it is, how it stands, what was last said; and what can be done to it as a whole. */

import { memo } from 'preact/compat'
import { useState } from 'preact/hooks'
import type { Client, ListedSession } from '../../client/index.ts'
import { costText } from '../amounts.ts'
import { routePath } from '../route.ts'
import { asksNothing } from '../state/permission-modes.ts'
import { visible } from '../visible.ts'
import { SessionMenu } from './session-menu.tsx'
import { UnaskedBadge } from './unasked-badge.tsx'

type Shown = {
  client: Client
  session: ListedSession
  /** How long ago something happened in it, in words: a row is drawn again when they are others. */
  age: string
  /** Whether it is shown beside the list. */
  isOpen: boolean
}

export const SessionRow = memo(({ client, session, age, isOpen }: Shown) => {
  const [isMenu, setMenu] = useState(false)
  const { id, title, agent, lastLine, usage, waiting } = session
  const facts = [
    agent,
    age,
    costText(usage.costUsd),
    ...(waiting.prompts > 0 ? [`${waiting.prompts} queued`] : []),
  ]
  return (
    <li class="session-row">
      <a href={routePath({ view: 'session', id })} aria-current={isOpen ? 'page' : undefined}>
        <span class="session-title">{visible(title)}</span>
        <StateBadge session={session} />
        <span class="session-line">
          {lastLine?.kind === 'user' && 'You: '}
          {lastLine?.kind === 'error' && 'Failed: '}
          {visible(lastLine?.text ?? '')}
        </span>
        <span class="session-facts quiet">
          {asksNothing(session) && <UnaskedBadge />}
          {facts.filter(Boolean).join(' · ')}
        </span>
      </a>
      <button type="button" class="plain" aria-label={`Actions for ${title}`} onClick={() => setMenu(true)}>
        <span aria-hidden="true">⋯</span>
      </button>
      {isMenu && <SessionMenu client={client} session={session} onClose={() => setMenu(false)} />}
    </li>
  )
})

function StateBadge({ session: { state, waiting } }: { session: ListedSession }) {
  if (waiting.approvals > 0)
    return (
      <span class="badge wants">
        {waiting.approvals === 1 ? 'waits for you' : `${waiting.approvals} wait for you`}
      </span>
    )
  if (state === 'running') return <span class="badge runs">running</span>
  if (state === 'cancelling') return <span class="badge runs">stopping</span>
  return null
}
