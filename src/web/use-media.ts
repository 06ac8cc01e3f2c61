/** What the screen is like, and when that changes. */
import { useMemo, useSyncExternalStore } from 'preact/compat'

/** Room for the list beside a conversation: a desk, or a tablet on its side. */
export const WIDE = '(min-width: 62.5rem)'

export function useMedia(query: string): boolean {
  const media = useMemo(() => matchMedia(query), [query])
  return useSyncExternalStore(
    (onChange) => {
      media.addEventListener('change', onChange)
      return () => media.removeEventListener('change', onChange)
    },
    () => media.matches,
  )
}
