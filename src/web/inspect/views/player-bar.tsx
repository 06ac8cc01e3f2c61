/** Steps, plays and scrubs a recording: for the thumb. */
import { useStore } from '../../use-store.ts'
import { playedLabel } from '../labels.ts'
import { type Player, SPEEDS } from '../state/player.ts'
import { StepButtons } from './step-buttons.tsx'

/** @param shown.marks the steps at which something is wrong */
export function PlayerBar({ player, marks }: { player: Player; marks: readonly number[] }) {
  const { timeline, atMs, index, isPlaying, speed } = useStore(player.store, (context) => context)
  const { offsets, durationMs } = timeline
  return (
    <footer class="dock controls">
      <div class="scrubber">
        <div class="track-of-time">
          <input
            type="range"
            aria-label="Time"
            aria-valuetext={`step ${index + 1} of ${offsets.length}`}
            min={0}
            max={Math.max(1, durationMs)}
            step="any"
            value={atMs}
            onInput={(event) => player.scrub(event.currentTarget.valueAsNumber)}
          />
          {marks.map((mark) => (
            <span
              key={mark}
              class="mark"
              aria-hidden="true"
              style={{ insetInlineStart: `${(100 * (offsets[mark] ?? 0)) / Math.max(1, durationMs)}%` }}
            />
          ))}
        </div>
        <output class="quiet" aria-label="Time played">
          {playedLabel(atMs)} / {playedLabel(durationMs)}
        </output>
        <select
          aria-label="Speed"
          value={speed}
          onChange={(event) => player.hurry(Number(event.currentTarget.value))}
        >
          {SPEEDS.map((each) => (
            <option key={each} value={each}>
              {each} ×
            </option>
          ))}
        </select>
      </div>
      <StepButtons count={offsets.length} current={index} onStep={player.step} />
      <button type="button" class="primary play" disabled={offsets.length < 2} onClick={player.toggle}>
        {isPlaying ? 'Pause' : 'Play'}
      </button>
    </footer>
  )
}
