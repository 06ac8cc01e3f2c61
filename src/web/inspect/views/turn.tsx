/** A past turn of a session, read from its log. */
import { useCallback, useEffect, useState } from 'preact/hooks'
import { problemText } from '../../state/problem-text.ts'
import { useAttempt } from '../../use-attempt.ts'
import { type Checked, checkSession } from '../log/check-session.ts'
import { readTurn } from '../log/find-turn.ts'
import { type Place, routePath } from '../route.ts'
import type { InspectorPage } from '../state/inspector-page.ts'
import { createRecording, type Recording } from '../state/recording.ts'
import { Recorder } from './recorder.tsx'
import { Top } from './top.tsx'
import { TurnChooser } from './turn-chooser.tsx'
import { useSession } from './use-session.ts'
import { Verdict } from './verdict.tsx'

type Shown = { page: InspectorPage; id: string; place: Place }

export function TurnView({ page: { client }, id, place }: Shown) {
  const turn = place.turn ?? 0
  const [recording, setRecording] = useState<Recording | null>(null)
  const [problem, setProblem] = useState('')
  const { title, turns } = useSession(client, id, 0)
  const pathOf = useCallback((at: number) => routePath({ view: 'turn', id, turn, step: at }), [id, turn])
  useEffect(() => {
    let isGone = false
    const read = async (): Promise<void> => {
      const { lastEventId } = await client.sessions.get(id)
      const { events, isCut } = await readTurn(client, { sessionId: id, turn, lastEventId })
      if (!isGone) setRecording(createRecording(events, isCut))
    }
    read().catch((error) => !isGone && setProblem(problemText(error)))
    return () => {
      isGone = true
    }
  }, [client, id, turn])
  const [checked, setChecked] = useState<Checked | null>(null)
  const [read, setRead] = useState(0)
  const checking = useAttempt()
  const check = (): Promise<void> =>
    checking.attempt(async () => setChecked(await checkSession(client, id, setRead)))
  const setting = (
    <>
      <TurnChooser id={id} turn={turn} turns={turns} />
      {checked === null ? (
        <button type="button" disabled={checking.isBusy} onClick={() => void check()}>
          {checking.isBusy ? `${read} read` : 'Check log'}
        </button>
      ) : (
        <Verdict
          {...checked}
          pathOf={({ event }) => {
            const at = recording?.stepOf.get(event.id) ?? null
            return routePath({ view: 'turn', id, turn: event.turn ?? turn, step: at })
          }}
        />
      )}
      <p class="problem" role="alert">
        {problem || checking.problem}
      </p>
    </>
  )
  const isThere = recording !== null && recording.events.length > 0
  return (
    <div class="screen inspector">
      <Top title={title} back="#/" />
      {isThere ? (
        <Recorder {...{ recording, place, pathOf }} violations={checked?.violations ?? []}>
          {setting}
        </Recorder>
      ) : (
        <main class="page">
          <div class="setting">{setting}</div>
          <p class="empty quiet">
            {problem !== '' ? '' : recording === null ? 'Reading the log…' : `There is no turn ${turn}.`}
          </p>
        </main>
      )}
    </div>
  )
}
