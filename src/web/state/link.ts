/**
 * How a stream stands, by its statuses: nothing that nobody has heard. Pure, so that what a phone shows can be told for
 * any order of them.
 */
import type { StreamStatus } from '../../client/follow.ts'
import type { Served } from './server-clock.ts'

export type Link = {
  /** `ended`: it does not come back by itself. */
  state: 'connecting' | 'catching-up' | 'live' | 'reconnecting' | 'ended'
  /** While reconnecting: when the next try is, `performance.now()`. */
  retryAt: number | null
  /** Whether it was ever live: what is shown before may be of the last visit. */
  wasLive: boolean
  /** The server's clock, as it last told. */
  served: Served | null
}

export const NO_LINK: Link = { state: 'connecting', retryAt: null, wasLive: false, served: null }

/** @param now `performance.now()` */
export function followLink(link: Link, status: StreamStatus, now: number): Link {
  switch (status.state) {
    case 'connecting':
    case 'resting':
      // Whoever sees a page that rested sees it connect. A try that follows at once is no change that anybody could read.
      return { ...link, state: link.wasLive ? 'reconnecting' : 'connecting', retryAt: null }
    case 'replaying':
      return { ...link, state: 'catching-up', retryAt: null, served: servedOf(status, now) ?? link.served }
    case 'live':
      return { ...link, state: 'live', retryAt: null, wasLive: true }
    case 'waiting':
      return { ...link, state: 'reconnecting', retryAt: now + (status.retryInMs ?? 0) }
  }
}

const servedOf = ({ servedAt }: StreamStatus, now: number): Served | null =>
  servedAt === undefined ? null : { at: servedAt, seenAt: now }
