/**
 * Pages of logs, for many who replay at once: what is stored does not change, so who comes to a page a moment later is
 * given the same buffer.
 */
import type { Segment } from './frames.ts'
import type { Store } from './store.ts'

type Page = {
  segment: Promise<Segment | null>
  bytes: number
  /** Whether somebody came to it since it was last looked whether somebody did. */
  isWanted: boolean
}

/**
 * @param limits.bytesMax how much is kept, the newest
 * @param limits.keptMs how long a page waits for the next one who comes to it, and up to twice that
 */
export function sharePages(read: Store['read'], limits: { bytesMax: number; keptMs: number }): Store['read'] {
  const pages = new Map<string, Page>()
  let bytes = 0
  let isWatched = false

  const forget = (key: string): void => {
    bytes -= pages.get(key)?.bytes ?? 0
    pages.delete(key)
  }
  const forgetUnwanted = (): void => {
    for (const [key, page] of pages) {
      if (!page.isWanted) forget(key)
      page.isWanted = false
    }
    isWatched = false
    if (pages.size > 0) watch()
  }
  const watch = (): void => {
    if (!isWatched) setTimeout(forgetUnwanted, limits.keptMs).unref()
    isWatched = true
  }

  const readAnew = (key: string, ...asked: Parameters<Store['read']>): Page => {
    const page: Page = { segment: read(...asked), bytes: 0, isWanted: false }
    pages.set(key, page)
    watch()
    const settle = (segment: Segment | null): void => {
      if (pages.get(key) !== page) return
      // What is not there may come, and what failed may succeed.
      if (segment === null) forget(key)
      else page.bytes = segment.frames.length
      bytes += page.bytes
      for (const oldest of pages.keys()) if (bytes > limits.bytesMax) forget(oldest)
    }
    page.segment.then(settle, () => settle(null))
    return page
  }

  return (id, after, bytesMax) => {
    const key = `${id} ${after} ${bytesMax}`
    const page = pages.get(key) ?? readAnew(key, id, after, bytesMax)
    page.isWanted = true
    return page.segment
  }
}
