/** How fresh the page is, in a word that can be tapped to make it so. */
import { useEffect, useState } from 'preact/hooks'
import type { Link } from '../state/link.ts'
import { linkText } from '../state/link-text.ts'

type Shown = {
  link: Link
  /** How many events are still on their way. */
  behind: number
  /** When the last byte came, by `performance.now()`. */
  heardAt: () => number | null
  onTap: () => void
}

export function LinkBadge({ link, behind, heardAt, onTap }: Shown) {
  const [now, isOnline] = useSeconds()
  const { state, text } = linkText(link, { behind, isOnline, heardAt: heardAt(), now })
  return (
    <button
      type="button"
      class="link plain"
      data-state={state}
      onClick={onTap}
      aria-label={`${text}. Reconnect`}
    >
      {text}
    </button>
  )
}

/** The time once a second, and whether the phone believes that it has a network. */
function useSeconds(): [now: number, isOnline: boolean] {
  const read = (): [number, boolean] => [performance.now(), navigator.onLine]
  const [seen, look] = useState(read)
  useEffect(() => {
    const update = (): void => look(read())
    const timer = setInterval(update, 1_000)
    for (const name of ['online', 'offline']) addEventListener(name, update)
    return () => {
      clearInterval(timer)
      for (const name of ['online', 'offline']) removeEventListener(name, update)
    }
  }, [])
  return seen
}
