/** What can be done to a session as a whole: another name, out of sight, gone for good. */
import { useState } from 'preact/hooks'
import type { Client, ListedSession } from '../../client/index.ts'
import { useAttempt } from '../use-attempt.ts'
import { visible } from '../visible.ts'
import { Sheet } from './sheet.tsx'

type Shown = { client: Client; session: ListedSession; onClose: () => void }

export function SessionMenu({ client, session, onClose }: Shown) {
  const { id, archived, state } = session
  const [title, setTitle] = useState(session.title)
  const [isSure, setSure] = useState(false)
  const { attempt, isBusy, problem } = useAttempt()
  const act = (work: () => Promise<unknown>): Promise<void> =>
    attempt(async () => {
      await work()
      onClose()
    })
  return (
    <Sheet title={visible(session.title)} onClose={onClose}>
      <form
        class="fields"
        onSubmit={(event) => {
          event.preventDefault()
          void act(() => client.sessions.edit(id, { title }))
        }}
      >
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
      {isSure ? (
        <button
          type="button"
          class="danger"
          disabled={isBusy}
          onClick={() => void act(() => client.sessions.delete(id))}
        >
          {state === 'idle' ? 'Delete for good' : 'Stop it, and delete for good'}
        </button>
      ) : (
        <button type="button" onClick={() => setSure(true)}>
          Delete…
        </button>
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
    </Sheet>
  )
}
