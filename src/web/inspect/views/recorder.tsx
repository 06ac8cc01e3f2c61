/** A past turn, step by step: what live shows as it goes, from the log alone, and the log beside it. */

import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks'
import type { Violation } from '../../../client/index.ts'
import { useStore } from '../../use-store.ts'
import type { Place } from '../route.ts'
import { contextAt } from '../state/context-at.ts'
import { momentAt } from '../state/moment.ts'
import { createPlayer } from '../state/player.ts'
import { faultySteps, type Recording, stepOfPlace } from '../state/recording.ts'
import { usePlayerKeys } from '../use-player-keys.ts'
import { Actors } from './actors.tsx'
import { Bench } from './bench.tsx'
import { Charts } from './charts.tsx'
import { Log } from './log.tsx'
import { PlayerBar } from './player-bar.tsx'
import { RawEvents } from './raw-events.tsx'
import { Sequence } from './sequence.tsx'
import { StepView } from './step.tsx'

type Shown = {
  /** Of one turn: another one when more of it has come. */
  recording: Recording
  violations: readonly Violation[]
  /** What the address asks for: another object when it asks again. */
  place: Place
  /** The address of a step. */
  pathOf: (step: number) => string
  /** What stands above the panels. */
  children: ComponentChildren
}

export function Recorder({ recording, violations, place, pathOf, children }: Shown) {
  const { steps, timeline } = recording
  const [player] = useState(() =>
    createPlayer(timeline, requestAnimationFrame, stepOfPlace(recording, place) ?? 0),
  )
  useLayoutEffect(() => player.grow(timeline), [player, timeline])
  useEffect(() => player.pause, [player])
  usePlayerKeys(player)
  useEffect(() => {
    const step = stepOfPlace(recording, place)
    if (step !== null) player.step(step)
  }, [player, place])
  const { index: played, isPlaying } = useStore(player.store, (context) => context)
  // The player hears of another recording when it is drawn.
  const index = Math.min(played, steps.length - 1)
  // With what is drawn, so that they never differ; while it plays it would change faster than browsers allow.
  useLayoutEffect(() => {
    if (!isPlaying && index >= 0) history.replaceState(null, '', pathOf(index))
  }, [index, isPlaying, pathOf])
  const moment = momentAt(steps, index)
  const step = steps[index]
  const readNow = useCallback(() => {
    const { atMs, index: at } = player.store.getSnapshot().context
    return Date.parse(steps[at]?.at ?? '') + atMs - (timeline.offsets[at] ?? 0)
  }, [player, steps, timeline])
  const marks = useMemo(() => faultySteps(recording, violations), [recording, violations])
  const contextOf = (actor: 'session' | 'process'): Record<string, unknown> =>
    contextAt(steps, index, actor, { context: {}, seq: 0 })
  const shown = { steps, current: index, onChoose: player.step }
  return (
    <>
      <Bench
        panels={[
          { name: 'Chart', content: <Charts {...{ moment, readNow }} /> },
          { name: 'Sequence', content: <Sequence {...shown} /> },
          { name: 'Step', content: <StepView step={step} /> },
          {
            name: 'Log',
            content: (
              <Log
                recording={recording}
                current={index}
                violations={violations}
                onChoose={(id) => player.step(recording.stepOf.get(id) ?? 0)}
              />
            ),
          },
          { name: 'Events', content: <RawEvents {...shown} />, beside: 'Log' },
          { name: 'Actors', content: <Actors {...{ moment, contextOf }} looks={[null, null]} /> },
        ]}
      >
        {children}
      </Bench>
      <PlayerBar player={player} marks={marks} />
    </>
  )
}
