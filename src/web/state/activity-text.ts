/** What the strip says of what the agent does. A counter counts only while somebody hears the server. Pure. */
import type { Activity } from './activity.ts'
import type { Link } from './link.ts'
import { age, span } from './span.ts'

export type ActivityText = {
  /** What a screen reader is told: no seconds. */
  said: string
  verb: string
  time: string
}

/**
 * @param at.now `Date.now()`
 * @param at.aheadMs by which this device's clock is ahead of the server's
 * @param at.updatedAt the session's: how old what is known is, when nothing was heard yet
 * @param at.monotonic `performance.now()`
 */
export function activityText(
  { verb, since }: Activity,
  link: Link,
  at: { now: number; monotonic: number; aheadMs: number; updatedAt: string },
): ActivityText {
  if (link.state === 'live')
    return {
      said: verb,
      verb,
      time: since === null ? '' : span(at.now - at.aheadMs - Date.parse(since)),
    }
  const heardMs =
    link.heardAt === null ? at.now - at.aheadMs - Date.parse(at.updatedAt) : at.monotonic - link.heardAt
  return { said: `${verb}, as last heard`, verb: `${verb},`, time: `as of ${age(heardMs)} ago` }
}
