/** A past turn of a session, read from its log. */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import type { Checked } from '../../../client/index.ts'
import { followPageLife, scheduleDraw } from '../../state/page-life.ts'
import { useAttempt } from '../../use-attempt.ts'
import { useStore } from '../../use-store.ts'
import { LinkBadge } from '../../views/link-badge.tsx'
import { checkSession } from '../log/check-session.ts'
import { type Place, routePath } from '../route.ts'
import type { InspectorPage } from '../state/inspector-page.ts'
import { createTurnLog } from '../state/turn-log.ts'
import { Recorder } from './recorder.tsx'
import { Top } from './top.tsx'
import { TurnChooser } from './turn-chooser.tsx'
import { useSession } from './use-session.ts'
import { Verdict } from './verdict.tsx'

type Shown = { page: InspectorPage; id: string; place: Place }

export function TurnView({ page: { client }, id, place }: Shown) {
  const turn = place.turn ?? 0
  const log = useMemo(
    () =>
      createTurnLog({
        ...{ client, sessionId: id, turn, schedule: scheduleDraw },
        now: () => performance.now(),
      }),
    [client, id, turn],
  )
  useEffect(() => {
    void log.run()
    const unfollow = followPageLife({ onBack: log.reconnect, onLongAway: log.rest })
    return () => {
      unfollow()
      log.end()
    }
  }, [log])
  const { recording, isRunning, link, problem } = useStore(log.store, (context) => context)
  const { title, turns } = useSession(client, id, 0)
  const pathOf = useCallback((at: number) => routePath({ view: 'turn', id, turn, step: at }), [id, turn])
  const [checked, setChecked] = useState<Checked | null>(null)
  const [read, setRead] = useState(0)
  const checking = useAttempt()
  const check = (): Promise<void> =>
    checking.attempt(async () => setChecked(await checkSession(client, id, setRead)))
  const isThere = recording !== null && recording.events.length > 0
  const setting = (
    <>
      <TurnChooser id={id} turn={turn} turns={turns} />
      {isRunning && <p class="guess">It still runs: what comes is added.</p>}
      {checked === null ? (
        <button type="button" disabled={checking.isBusy} onClick={() => void check()}>
          {checking.isBusy ? `${read} read` : 'Check log'}
        </button>
      ) : (
        <Verdict
          checked={checked}
          pathOf={({ event }) =>
            routePath({ view: 'turn', id, turn: event.turn ?? turn, step: null, event: event.id })
          }
        />
      )}
      <p class="problem" role="alert">
        {problem || checking.problem}
      </p>
    </>
  )
  return (
    <div class="screen inspector">
      <Top title={title} back="#/">
        {isRunning && <LinkBadge link={link} behind={0} heardAt={log.heardAt} onTap={log.reconnect} />}
      </Top>
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
