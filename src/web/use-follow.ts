/**
 * Something that follows a stream for as long as a view is there; anew whenever the page comes back. A page that is out of
 * sight lets go of its stream: a browser has six connections to a server, for the commands of all tabs as well.
 */
import { useEffect } from 'preact/hooks'
import { LIMITS } from './limits.ts'
import type { Link } from './state/link.ts'
import { followPageLife } from './state/page-life.ts'

type Followed = {
  store: {
    getSnapshot(): { context: { link: Link } }
    subscribe(observer: () => void): { unsubscribe(): void }
  }
  run(): Promise<void>
  reconnect(): void
  rest(): void
  keep(): Promise<void>
  end(): void
}

/** @param onLive told whenever it has become live */
export function useFollow(followed: Followed, onLive: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const keep = (): void => {
      clearTimeout(timer)
      timer = undefined
      void followed.keep()
    }
    // Not only when the page goes: it may be ended without a word, or before all is written.
    let wasLive = false
    const { unsubscribe } = followed.store.subscribe(() => {
      timer ??= setTimeout(keep, LIMITS.keepAfterMs)
      const isLive = followed.store.getSnapshot().context.link.state === 'live'
      if (isLive && !wasLive) onLive()
      wasLive = isLive
    })
    const unfollow = followPageLife({
      onBack: followed.reconnect,
      onAway: keep,
      onLongAway: followed.rest,
    })
    void followed.run()
    return () => {
      unsubscribe()
      unfollow()
      keep()
      followed.end()
    }
  }, [followed, onLive])
}
