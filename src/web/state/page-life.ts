/**
 * A phone puts pages to sleep and kills their sockets without telling: when a page comes back, whatever looks open may be
 * long dead; and when it goes, nobody says whether it will be back.
 */

/**
 * @param page.onBack it is in sight again, restored, or the network returned
 * @param page.onAway it may never be seen again
 * @returns how to end that
 */
export function followPageLife(page: { onBack(): void; onAway(): void }): () => void {
  const onVisibility = (): void => (document.hidden ? page.onAway() : page.onBack())
  const onShow = (event: PageTransitionEvent): void => {
    if (event.persisted) page.onBack()
  }
  document.addEventListener('visibilitychange', onVisibility)
  addEventListener('pageshow', onShow)
  addEventListener('online', page.onBack)
  addEventListener('pagehide', page.onAway)
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    removeEventListener('pageshow', onShow)
    removeEventListener('online', page.onBack)
    removeEventListener('pagehide', page.onAway)
  }
}

/** Once before the next frame; in a page that nobody sees, which has no frames, a little later. */
export function scheduleDraw(draw: () => void): void {
  if (document.hidden) setTimeout(draw, 500)
  else requestAnimationFrame(draw)
}
