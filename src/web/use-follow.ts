/** Something that follows a stream for as long as a view is there; anew whenever the page comes back. */
import { useEffect } from 'preact/hooks'
import { followPageLife } from './state/page-life.ts'

type Followed = {
  run(): Promise<void>
  reconnect(): void
  keep(): Promise<void>
  end(): void
}

export function useFollow(followed: Followed): void {
  useEffect(() => {
    void followed.run()
    const keep = (): void => void followed.keep()
    const unfollow = followPageLife({ onBack: followed.reconnect, onAway: keep })
    return () => {
      keep()
      unfollow()
      followed.end()
    }
  }, [followed])
}
