/**
 * Pages of logs, for many who replay at once: what is stored does not change, so who comes to a page a moment later is
 * given the same buffer.
 */
import type { Segment } from './frames.ts'
import type { Store } from './store.ts'

type Page = { segment: Promise<Segment | null>; bytes: number }

/**
 * @param limits.bytesMax how much is kept, the newest
 * @param limits.keptMs for how long, when nobody reads
 */
export function sharePages(read: Store['read'], limits: { bytesMax: number; keptMs: number }): Store['read'] {
  const pages = new Map<string, Page>()
  let bytes = 0
  let timer: NodeJS.Timeout | undefined

  const forget = (key: string): void => {
    bytes -= pages.get(key)?.bytes ?? 0
    pages.delete(key)
  }
  const forgetAll = (): void => {
    for (const key of pages.keys()) forget(key)
  }

  const readAnew = (key: string, ...asked: Parameters<Store['read']>): Promise<Segment | null> => {
    const page: Page = { segment: read(...asked), bytes: 0 }
    pages.set(key, page)
    const settle = (segment: Segment | null): void => {
      if (pages.get(key) !== page) return
      // What is not there may come, and what failed may succeed.
      if (segment === null) forget(key)
      else page.bytes = segment.frames.length
      bytes += page.bytes
      for (const oldest of pages.keys()) if (bytes > limits.bytesMax) forget(oldest)
    }
    page.segment.then(settle, () => settle(null))
    return page.segment
  }

  return (id, after, bytesMax) => {
    clearTimeout(timer)
    timer = setTimeout(forgetAll, limits.keptMs).unref()
    const key = `${id} ${after} ${bytesMax}`
    return pages.get(key)?.segment ?? readAnew(key, id, after, bytesMax)
  }
}
