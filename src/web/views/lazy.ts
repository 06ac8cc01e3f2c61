/** Parts of the page that come when they are first needed. */
import { useEffect, useState } from 'preact/hooks'
import { isReplaced, loadNewer } from '../page-version.ts'

/** Between two tries: a part that is wanted in a tunnel is there when the network is. */
const RETRY_MS = 2_000

/** @returns a hook: null until the part is there */
export function createLazy<T>(load: () => Promise<T>): (isWanted: boolean) => T | null {
  let loaded: T | null = null
  return (isWanted) => {
    const [part, setPart] = useState<{ loaded: T | null }>({ loaded })
    useEffect(() => {
      if (!isWanted || part.loaded !== null) return
      let timer: ReturnType<typeof setTimeout> | undefined
      let isGone = false
      const bring = async (): Promise<void> => {
        try {
          loaded = await load()
          if (!isGone) setPart({ loaded })
        } catch {
          // After an upgrade its name is another one.
          if (await isReplaced()) return loadNewer()
          if (!isGone) timer = setTimeout(bring, RETRY_MS)
        }
      }
      void bring()
      return () => {
        isGone = true
        clearTimeout(timer)
      }
    }, [isWanted, part])
    return part.loaded
  }
}
