/** A session as a whole: what it is, and what can be done to it: another name or mode, out of sight, gone for good. */
import { useState } from 'preact/hooks'
import type { Client } from '../../client/index.ts'
import { asksNothing, MODES } from '../state/permission-modes.ts'
import { useAttempt } from '../use-attempt.ts'
import { visible } from '../visible.ts'
import { type Described, SessionFacts } from './session-facts.tsx'
import { Sheet } from './sheet.tsx'
import { SureButton } from './sure-button.tsx'

type Shown = { client: Client; session: Described; onClose: () => void }

export function SessionMenu({ client, session, onClose }: Shown) {
  const { id, agent, archived, state, permissionMode } = session
  const [title, setTitle] = useState(session.title)
  const { attempt, isBusy, problem } = useAttempt()
  const act = (work: () => Promise<unknown>): Promise<void> =>
    attempt(async () => {
      await work()
      onClose()
    })
  return (
    <Sheet title={visible(session.title)} onClose={onClose}>
      <SessionFacts session={session} />
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault()
          void act(() => client.sessions.edit(id, { title }))
        }}
      >
        {agent !== 'shell' && (
          <label>
            Before it acts
            <select
              value={permissionMode}
              disabled={isBusy}
              data-unasked={asksNothing(session)}
              onChange={({ currentTarget }) => {
                const mode = currentTarget.value as typeof permissionMode
                void act(() => client.sessions.edit(id, { permissionMode: mode }))
              }}
            >
              {MODES.map(([mode, text]) => (
                <option key={mode} value={mode}>
                  {text}
                </option>
              ))}
            </select>
            {state !== 'idle' && <small class="quiet">Another choice holds from the next turn on.</small>}
          </label>
        )}
        <label>
          Name
          <input
            value={title}
            maxLength={200}
            required
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={isBusy}>
          Rename
        </button>
      </form>
      <button
        type="button"
        disabled={isBusy}
        onClick={() => void act(() => client.sessions.edit(id, { archived: !archived }))}
      >
        {archived ? 'Back to the list' : 'Archive'}
      </button>
      <a class="button" href={`inspect#/s/${encodeURIComponent(id)}`}>
        Inspect
      </a>
      <SureButton
        label="Delete…"
        sure={state === 'idle' ? 'Delete for good' : 'Stop it, and delete for good'}
        disabled={isBusy}
        onSure={() => void act(() => client.sessions.delete(id))}
      />
      <p class="problem" role="alert">
        {problem}
      </p>
    </Sheet>
  )
}
