/** The keys by which a recording is gone through, wherever the focus is but where they mean something else. */
import { useEffect } from 'preact/hooks'
import type { Player } from './state/player.ts'

/** What has a use of its own for any key, and what is pressed by the space bar. */
const TAKES_KEYS = 'input, select, textarea, pre'
const IS_PRESSED = 'button, a, summary'

export function usePlayerKeys(player: Player): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { key, target, altKey, ctrlKey, metaKey } = event
      const isIn = (selector: string): boolean =>
        target instanceof Element && target.closest(selector) !== null
      if (altKey || ctrlKey || metaKey || isIn(TAKES_KEYS) || (key === ' ' && isIn(IS_PRESSED))) return
      const act = actOf(player, key)
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [player])
}

function actOf(player: Player, key: string): (() => void) | undefined {
  const { index } = player.store.getSnapshot().context
  switch (key) {
    case 'ArrowLeft':
      return () => player.step(index - 1)
    case 'ArrowRight':
      return () => player.step(index + 1)
    case 'Home':
      return () => player.step(0)
    case 'End':
      return () => player.step(Number.POSITIVE_INFINITY)
    case ' ':
      return player.toggle
    default:
      return undefined
  }
}
