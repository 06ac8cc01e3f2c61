/** Which turn of a session is looked at: the one that is live, or any that was. */
import { routePath } from '../route.ts'

type Shown = {
  id: string
  /** Null: live. */
  turn: number | null
  /** How many there are. */
  turns: number
}

export function TurnChooser({ id, turn, turns }: Shown) {
  return (
    <div class="turns">
      <a
        class="button"
        href={routePath({ view: 'live', id })}
        aria-current={turn === null ? 'page' : undefined}
      >
        Live
      </a>
      <label>
        Turn
        <input
          type="number"
          inputMode="numeric"
          min={1}
          max={turns}
          placeholder="–"
          value={turn ?? ''}
          disabled={turns === 0}
          onChange={({ currentTarget: { valueAsNumber } }) => {
            if (valueAsNumber >= 1)
              location.hash = routePath({ view: 'turn', id, turn: valueAsNumber, step: null })
          }}
        />
        <span class="quiet">of {turns}</span>
      </label>
    </div>
  )
}
