/** Parts of the page that come when they are first needed, and without which everything can be read all the same. */
import { useEffect, useState } from 'preact/hooks'

/** @returns a hook: null until it is there. Where it cannot be had, the next view that wants it tries again. */
export function createLazy<T>(load: () => Promise<T>): (isWanted: boolean) => T | null {
  let loaded: T | null = null
  return (isWanted) => {
    const [part, setPart] = useState<{ loaded: T | null }>({ loaded })
    useEffect(() => {
      if (!isWanted || part.loaded !== null) return
      let isGone = false
      load().then(
        (value) => {
          loaded = value
          if (!isGone) setPart({ loaded })
        },
        () => {},
      )
      return () => {
        isGone = true
      }
    }, [isWanted, part])
    return part.loaded
  }
}
