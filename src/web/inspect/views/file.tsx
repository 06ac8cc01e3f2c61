/** A log from a file. It is read here, and goes nowhere. */
import { useCallback, useMemo, useState } from 'preact/hooks'
import { findViolations } from '../../../client/index.ts'
import { useStore } from '../../use-store.ts'
import { visible } from '../../visible.ts'
import { NoLogFile, readLogFile, turnOf, turnsOf } from '../log/read-file.ts'
import { type Place, routePath } from '../route.ts'
import type { InspectorPage } from '../state/inspector-page.ts'
import { createRecording } from '../state/recording.ts'
import { Recorder } from './recorder.tsx'
import { Top } from './top.tsx'
import { Verdict } from './verdict.tsx'

type Shown = { page: InspectorPage; place: Place }

const pathTo = (turn: number, step: number | null): string => routePath({ view: 'file', turn, step })

export function FileView({ page: { store }, place }: Shown) {
  const { file, filesOpened } = useStore(store, (context) => context)
  const turns = useMemo(() => turnsOf(file?.events ?? []), [file])
  const violations = useMemo(() => findViolations(file?.events ?? []), [file])
  const turn = place.turn ?? turns.at(-1) ?? 0
  const recording = useMemo(() => createRecording(turnOf(file?.events ?? [], turn), false), [file, turn])
  const pathOf = useCallback((at: number) => pathTo(turn, at), [turn])
  return (
    <div class="screen inspector">
      <Top title={visible(file?.title ?? 'A log from a file')} back="#/" />
      {file === null || recording.events.length === 0 ? (
        <main class="page">
          <p class="quiet">
            The JSON that a session exports: <code>GET /api/sessions/ID/transcript?format=json</code>. It is
            read by this page and sent nowhere.
          </p>
          <Opener store={store} />
          {file !== null && <p class="empty quiet">There is no turn {turn} in it.</p>}
        </main>
      ) : (
        <Recorder key={`${filesOpened} ${turn}`} {...{ recording, violations, place, pathOf }}>
          <label class="turns">
            Turn
            <select
              value={turn}
              onChange={(event) => {
                location.hash = pathTo(Number(event.currentTarget.value), null)
              }}
            >
              {turns.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          </label>
          <Opener store={store} />
          <Verdict
            events={file.events.length}
            violations={violations}
            pathOf={({ event }) =>
              routePath({ view: 'file', turn: event.turn ?? turn, step: null, event: event.id })
            }
          />
        </Recorder>
      )}
    </div>
  )
}

function Opener({ store }: { store: InspectorPage['store'] }) {
  const [problem, setProblem] = useState('')
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    try {
      store.trigger.opened({ file: readLogFile(await file.text()) })
      setProblem('')
    } catch (error) {
      setProblem(error instanceof NoLogFile ? error.message : 'It cannot be read.')
    }
  }
  return (
    <>
      <label class="button opener">
        Open a file
        <input
          type="file"
          class="unseen"
          accept="application/json,.json"
          onChange={(event) => void open(event.currentTarget.files?.[0])}
        />
      </label>
      <p class="problem" role="alert">
        {problem}
      </p>
    </>
  )
}
