/**
 * How fresh the page is: what a stream's statuses and bytes say of the connection, and nothing that nobody has heard.
 * Pure, so that what a phone shows can be told for any order of statuses.
 */
import type { AttachStatus } from '../../client/index.ts'

export type Link = {
  /** `ended`: it does not come back by itself. */
  state: 'connecting' | 'catching-up' | 'live' | 'reconnecting' | 'ended'
  /** When something last came from the server, `performance.now()`; null: nothing yet. */
  heardAt: number | null
  /** While reconnecting: when the next try is, `performance.now()`. */
  retryAt: number | null
  /** Whether it was ever live: what is shown before may be of the last visit. */
  wasLive: boolean
}

export const NO_LINK: Link = { state: 'connecting', heardAt: null, retryAt: null, wasLive: false }

/** @param now `performance.now()` */
export function followLink(link: Link, status: AttachStatus, now: number): Link {
  switch (status.state) {
    case 'connecting':
      // A try that follows at once is no change that anybody could read.
      return { ...link, state: link.wasLive ? 'reconnecting' : 'connecting', retryAt: null }
    case 'replaying':
      return { ...link, state: 'catching-up', heardAt: now, retryAt: null }
    case 'live':
      return { ...link, state: 'live', heardAt: now, retryAt: null, wasLive: true }
    case 'waiting':
      return { ...link, state: 'reconnecting', retryAt: now + (status.retryInMs ?? 0) }
  }
}
