/** What the screen, or the pointer, is like; and when that changes. */
import { useMemo, useSyncExternalStore } from 'preact/compat'

/** Room for the list beside a conversation: a desk, or a tablet on its side. */
export const WIDE = '(min-width: 62.5rem)'

/** There is a keyboard before whoever has a mouse: nothing covers the page when a text has the focus. */
export const hasMouse = (): boolean => matchMedia('(hover: hover) and (pointer: fine)').matches

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
