/** One step back or forth, or as far as there is. */
type Shown = { count: number; current: number; onStep: (index: number) => void }

export function StepButtons({ count, current, onStep }: Shown) {
  const to = (name: string, sign: string, index: number, isEnd: boolean) => (
    <button type="button" aria-label={name} disabled={isEnd} onClick={() => onStep(index)}>
      <span aria-hidden="true">{sign}</span>
    </button>
  )
  const [isFirst, isLast] = [current <= 0, current >= count - 1]
  return (
    <div class="step-buttons">
      {to('First step', '⇤', 0, isFirst)}
      {to('Step back', '‹', current - 1, isFirst)}
      <output class="place" aria-label="Step">
        {count === 0 ? '–' : `${current + 1} / ${count}`}
      </output>
      {to('Step forth', '›', current + 1, isLast)}
      {to('Last step', '⇥', count - 1, isLast)}
    </div>
  )
}
