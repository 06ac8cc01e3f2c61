/** A log from a file. It is read here, and goes nowhere. */
import { useCallback, useMemo } from 'preact/hooks'
import { checkLog } from '../../../client/index.ts'
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

export function FileView({ page: { store }, place }: Shown) {
  const { file, problem, filesOpened } = useStore(store, (context) => context)
  const turns = useMemo(() => turnsOf(file?.events ?? []), [file])
  const checked = useMemo(() => checkLog(file?.events ?? []), [file])
  const turn = place.turn ?? turns.at(-1) ?? 0
  const recording = useMemo(() => createRecording(turnOf(file?.events ?? [], turn), false), [file, turn])
  const pathOf = useCallback((step: number) => routePath({ view: 'file', turn, step }), [turn])
  const setting = (
    <>
      {turns.length > 0 && <TurnOfFile turn={turn} turns={turns} />}
      <Opener store={store} />
      <p class="problem" role="alert">
        {problem}
      </p>
      {file !== null && (
        <Verdict
          checked={checked}
          pathOf={({ event }) =>
            routePath({ view: 'file', turn: event.turn ?? turn, step: null, event: event.id })
          }
        />
      )}
    </>
  )
  return (
    <div class="screen inspector">
      <Top title={visible(file?.title ?? 'A log from a file')} back="#/" />
      {recording.events.length > 0 ? (
        <Recorder
          key={`${filesOpened} ${turn}`}
          {...{ recording, place, pathOf }}
          violations={checked.violations}
        >
          {setting}
        </Recorder>
      ) : (
        <main class="page">
          <p class="quiet">
            The JSON that a session exports: <code>GET /api/sessions/ID/transcript?format=json</code>. It is
            read by this page and sent nowhere.
          </p>
          <div class="setting">{setting}</div>
          {file !== null && (
            <p class="empty quiet">
              {turns.length === 0 ? 'There is no turn in it.' : `There is no turn ${turn} in it.`}
            </p>
          )}
        </main>
      )}
    </div>
  )
}

function TurnOfFile({ turn, turns }: { turn: number; turns: readonly number[] }) {
  return (
    <label class="turns">
      Turn
      <select
        value={turn}
        onChange={(event) => {
          location.hash = routePath({ view: 'file', turn: Number(event.currentTarget.value), step: null })
        }}
      >
        {!turns.includes(turn) && (
          <option value={turn} disabled>
            –
          </option>
        )}
        {turns.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  )
}

function Opener({ store }: { store: InspectorPage['store'] }) {
  const open = async (file: File): Promise<void> => {
    try {
      store.trigger.opened({ file: readLogFile(await file.text()) })
      // The turn that was looked at is that of another log.
      location.hash = routePath({ view: 'file', turn: null, step: null })
    } catch (error) {
      store.trigger.refused({ problem: error instanceof NoLogFile ? error.message : 'It cannot be read.' })
    }
  }
  return (
    <label class="button opener">
      Open a file
      <input
        type="file"
        class="unseen"
        accept="application/json,.json"
        onChange={({ currentTarget: input }) => {
          const file = input.files?.[0]
          // So that the same file, mended, can be opened again.
          input.value = ''
          if (file !== undefined) void open(file)
        }}
      />
    </label>
  )
}
