/** Something that follows a stream for as long as a view is there; anew whenever the page comes back. */
import { useEffect } from 'preact/hooks'
import { LIMITS } from './limits.ts'
import { followPageLife } from './state/page-life.ts'

type Followed = {
  store: { subscribe(observer: () => void): { unsubscribe(): void } }
  run(): Promise<void>
  reconnect(): void
  keep(): Promise<void>
  end(): void
}

export function useFollow(followed: Followed): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const keep = (): void => {
      clearTimeout(timer)
      timer = undefined
      void followed.keep()
    }
    // Not only when the page goes: it may be ended without a word, or before all is written.
    const { unsubscribe } = followed.store.subscribe(() => {
      timer ??= setTimeout(keep, LIMITS.keepAfterMs)
    })
    const unfollow = followPageLife({ onBack: followed.reconnect, onAway: keep })
    void followed.run()
    return () => {
      unsubscribe()
      unfollow()
      keep()
      followed.end()
    }
  }, [followed])
}
