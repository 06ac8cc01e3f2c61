/** What a session is called, above its conversation; behind it is what else there is to know of it, and to do with it. */
import { useState } from 'preact/hooks'
import type { Client, Session } from '../../client/index.ts'
import { asksNothing } from '../state/permission-modes.ts'
import { visible } from '../visible.ts'
import { SessionMenu } from './session-menu.tsx'
import { UnaskedBadge } from './unasked-badge.tsx'

type Shown = {
  client: Client
  /** Null: nobody knows yet. */
  session: Session | null
  /** The stream does not tell of what was changed here. */
  onChange: () => void
}

export function SessionTitle({ client, session, onChange }: Shown) {
  const [isOpen, setOpen] = useState(false)
  if (session === null) return <h1 class="quiet">Session</h1>
  return (
    <>
      <h1 dir="auto">
        <button type="button" class="plain title" aria-haspopup="dialog" onClick={() => setOpen(true)}>
          <span>{visible(session.title)}</span>
          <span aria-hidden="true">⌄</span>
          {asksNothing(session) && <UnaskedBadge />}
        </button>
      </h1>
      {isOpen && (
        <SessionMenu
          client={client}
          session={session}
          onClose={() => {
            setOpen(false)
            onChange()
          }}
        />
      )}
    </>
  )
}
