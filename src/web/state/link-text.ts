/** What the page says of its connection. Pure: the same link says the same at the same moment. */
import { age } from '../times.ts'
import type { Link } from './link.ts'

export type LinkText = { state: Link['state'] | 'offline'; text: string }

/**
 * @param at.behind how many events are still on their way
 * @param at.isOnline whether the phone believes that it has a network
 * @param at.heardAt when the last byte came; null: none yet. Like `now`, by `performance.now()`
 */
export function linkText(
  link: Link,
  at: { behind: number; isOnline: boolean; heardAt: number | null; now: number },
): LinkText {
  const { behind, isOnline, heardAt, now } = at
  const heard = heardAt === null ? '' : ` · ${age(now - heardAt)} ago`
  switch (link.state) {
    case 'ended':
      return { state: 'ended', text: 'ended' }
    case 'live':
      return { state: 'live', text: `live${heard}` }
    case 'catching-up':
      return { state: 'catching-up', text: behind > 0 ? `catching up, ${behind} to come` : 'catching up' }
    default: {
      if (!isOnline) return { state: 'offline', text: `offline${heard}` }
      const wait = link.retryAt === null ? '' : ` in ${age(link.retryAt - now)}`
      const verb = link.state === 'connecting' && link.retryAt === null ? 'connecting' : 'reconnecting'
      return { state: link.state, text: `${verb}${wait}${heard}` }
    }
  }
}
