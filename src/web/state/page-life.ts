/**
 * A phone puts pages to sleep and kills their sockets without telling: when a page comes back, whatever looks open may be
 * long dead; and when it goes, nobody says whether it will be back.
 */
import { LIMITS } from '../limits.ts'

/**
 * @param page.onBack it is in sight again, restored, or the network returned
 * @param page.onAway it may never be seen again
 * @param page.onLongAway it has not been seen for a while
 * @returns how to end that
 */
export function followPageLife(page: { onBack(): void; onAway?(): void; onLongAway?(): void }): () => void {
  const { onLongAway } = page
  let timer: ReturnType<typeof setTimeout> | undefined
  const watch = (): void => {
    clearTimeout(timer)
    if (document.hidden && onLongAway) timer = setTimeout(onLongAway, LIMITS.restAfterMs)
  }
  const onBack = (): void => {
    page.onBack()
    watch()
  }
  const onAway = (): void => {
    page.onAway?.()
    watch()
  }
  const onVisibility = (): void => (document.hidden ? onAway() : onBack())
  const onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) onBack()
  }
  watch()
  document.addEventListener('visibilitychange', onVisibility)
  addEventListener('pageshow', onShow)
  addEventListener('online', onBack)
  addEventListener('pagehide', onAway)
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisibility)
    removeEventListener('pageshow', onShow)
    removeEventListener('online', onBack)
    removeEventListener('pagehide', onAway)
  }
}

/** Once before the next frame; in a page that nobody sees, which has no frames, a little later. */
export function scheduleDraw(draw: () => void): void {
  if (document.hidden) setTimeout(draw, 500)
  else requestAnimationFrame(draw)
}
