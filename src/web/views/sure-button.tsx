/** A button for what cannot be taken back: the first tap asks, the second does it. */
import { useState } from 'preact/hooks'
import { useSettled } from '../use-settled.ts'

type Shown = {
  label: string
  /** What the second tap does, in full. */
  sure: string
  /** Of what, where there are many of them. */
  of?: string
  disabled: boolean
  onSure: () => void
}

export function SureButton({ label, sure, of, disabled, onSure }: Shown) {
  const [isAsking, setAsking] = useState(false)
  const isSettled = useSettled(isAsking) && isAsking
  const text = isAsking ? sure : label
  const onClick = (): void => {
    if (!isAsking) setAsking(true)
    // Else it is the second half of a double tap.
    else if (isSettled) {
      setAsking(false)
      onSure()
    }
  }
  return (
    <button
      type="button"
      class={isAsking ? 'danger' : 'careful'}
      disabled={disabled}
      data-settled={isSettled}
      aria-label={of === undefined ? text : `${text}: ${of}`}
      onClick={onClick}
      onBlur={() => setAsking(false)}
    >
      {text}
    </button>
  )
}
