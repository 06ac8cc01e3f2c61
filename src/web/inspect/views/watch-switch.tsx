/** Whether the session's machines are watched; what that costs, and whether texts are in it, is said beside it. */
import { useState } from 'preact/hooks'
import type { Client, Inspection } from '../../../client/index.ts'
import { useAttempt } from '../../use-attempt.ts'

type Shown = {
  client: Client
  id: string
  inspection: Inspection | null
  /** When the server was started that ended the watching by it, ISO 8601. */
  restartedAt: string | null
}

export function WatchSwitch({ client, id, inspection, restartedAt }: Shown) {
  const [bodies, setBodies] = useState(false)
  const { attempt, isBusy, problem } = useAttempt()
  const set = (on: boolean): Promise<void> =>
    attempt(async () => void (await client.inspector.set(id, on ? { on, bodies } : { on })))
  if (inspection === null) return null
  return (
    // Open where there is nothing to see without it.
    <details key={String(inspection.on)} class="watch" data-on={inspection.on} open={!inspection.on}>
      <summary>{inspection.on ? 'Watched' : 'Not watched'}</summary>
      {inspection.on ? (
        <>
          <p class="quiet">
            {inspection.bodies
              ? 'With what people and agents say.'
              : 'Without what people and agents say: of that, only the length is here.'}
          </p>
          <button type="button" disabled={isBusy} onClick={() => void set(false)}>
            Stop watching
          </button>
        </>
      ) : (
        <>
          {restartedAt !== null && (
            <p role="status">
              The server was started again at {new Date(restartedAt).toLocaleTimeString()}, and watching ended
              with that.
            </p>
          )}
          <p class="quiet">
            That costs nothing. Watched, each step takes a little of the server’s time, and the newest are
            kept in its memory until you stop it.
          </p>
          <label class="tick">
            <input
              type="checkbox"
              checked={bodies}
              onChange={(event) => setBodies(event.currentTarget.checked)}
            />
            <span>With what people and agents say</span>
          </label>
          <p>
            <button type="button" class="primary" disabled={isBusy} onClick={() => void set(true)}>
              Watch
            </button>
          </p>
        </>
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
    </details>
  )
}
