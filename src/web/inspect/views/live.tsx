/** One session as it goes: its machines by each step, from the server's stream. */
import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { followPageLife, scheduleDraw } from '../../state/page-life.ts'
import { useStore } from '../../use-store.ts'
import { GoneNote } from '../../views/gone-note.tsx'
import { LinkBadge } from '../../views/link-badge.tsx'
import { routePath } from '../route.ts'
import { contextAt } from '../state/context-at.ts'
import type { InspectorPage } from '../state/inspector-page.ts'
import { createLive } from '../state/live.ts'
import { momentAt } from '../state/moment.ts'
import { Actors } from './actors.tsx'
import { Bench } from './bench.tsx'
import { Charts } from './charts.tsx'
import { RawEvents } from './raw-events.tsx'
import { Sequence } from './sequence.tsx'
import { StepView } from './step.tsx'
import { StepButtons } from './step-buttons.tsx'
import { Top } from './top.tsx'
import { TurnChooser } from './turn-chooser.tsx'
import { useSession } from './use-session.ts'
import { WatchSwitch } from './watch-switch.tsx'

export function LiveView({ page: { client, base }, id }: { page: InspectorPage; id: string }) {
  const live = useMemo(
    () => createLive({ client, sessionId: id, schedule: scheduleDraw, now: () => performance.now() }),
    [client, id],
  )
  useEffect(() => {
    void live.run()
    const unfollow = followPageLife({ onBack: live.reconnect, onLongAway: live.rest })
    return () => {
      unfollow()
      live.end()
    }
  }, [live])
  const { inspection, restartedAt, steps, sinceSeq, looks, clock, link, gone } = useStore(
    live.store,
    (context) => context,
  )
  /** The number of the step that is looked at; null: the newest, whichever that is. */
  const [chosen, choose] = useState<number | null>(null)
  const found = chosen === null ? -1 : steps.findIndex(({ seq }) => seq === chosen)
  const current = found === -1 ? steps.length - 1 : found
  const actors = inspection?.actors ?? []
  const begun = Number(actors.find((actor) => actor.id === 'session')?.context.turn ?? 0)
  const { title, turns } = useSession(client, id, steps.at(-1)?.turn ?? begun)
  const moment = momentAt(steps, current, chosen === null ? { actors, sinceSeq } : { actors })
  const step = steps[current]
  const readNow = useCallback(
    () => (chosen === null || step === undefined ? Date.now() - clock.aheadMs : Date.parse(step.at)),
    [chosen, step, clock],
  )
  const recordedAt = step && routePath({ view: 'turn', id, turn: step.turn, step: null, event: step.eventId })
  const onChoose = (index: number): void => choose(steps[index]?.seq ?? null)
  const contextOf = (actor: 'session' | 'process'): Record<string, unknown> => {
    const context = actors.find((each) => each.id === actor)?.context ?? {}
    return contextAt(steps, current, actor, { context, seq: inspection?.nextSeq ?? 0 })
  }
  const watched = (content: ComponentChildren): ComponentChildren =>
    inspection?.on === false ? <p class="empty quiet">Nobody watches this session.</p> : content
  return (
    <div class="screen inspector">
      <Top title={title} back="#/">
        <LinkBadge link={link} behind={0} heardAt={live.heardAt} onTap={live.reconnect} />
      </Top>
      <Bench
        panels={[
          { name: 'Chart', content: <Charts {...{ moment, contextOf, readNow }} /> },
          { name: 'Sequence', content: watched(<Sequence {...{ steps, current, onChoose }} />) },
          { name: 'Step', content: watched(<StepView {...{ step, recordedAt }} />) },
          { name: 'Events', content: watched(<RawEvents {...{ steps, current, onChoose }} />) },
          { name: 'Actors', content: watched(<Actors {...{ moment, contextOf, looks }} />) },
        ]}
      >
        <TurnChooser id={id} turn={null} turns={turns} />
        <WatchSwitch {...{ client, id, inspection, restartedAt }} />
      </Bench>
      {gone === null ? (
        <footer class="dock controls">
          <StepButtons count={steps.length} current={current} onStep={onChoose} />
          <button
            type="button"
            aria-pressed={chosen === null}
            onClick={() => choose(chosen === null ? (step?.seq ?? null) : null)}
          >
            Follow
          </button>
        </footer>
      ) : (
        <GoneNote why={gone} base={base} />
      )}
    </div>
  )
}
