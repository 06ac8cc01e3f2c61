/** What the strip says of what the agent does. A counter counts only while somebody hears the server. Pure. */
import { durationText } from '../transcript/words.ts'
import type { Activity } from './activity.ts'
import { age } from './span.ts'

export type ActivityText = {
  /** For who listens: no seconds. */
  said: string
  verb: string
  time: string
}

/**
 * @param at.now by the server's clock, in ms since the epoch
 * @param at.heardMs how long ago something last came from the server
 */
export function activityText(
  { verb, since, begun }: Activity,
  { now, isLive, heardMs }: { now: number; isLive: boolean; heardMs: number },
): ActivityText {
  const lasted = (from: string | null): string => (from === null ? '' : durationText(now - Date.parse(from)))
  const [own, whole] = [lasted(since), lasted(begun)]
  const inAll = whole === '' || whole === own ? '' : `${whole} in all`
  if (isLive) return { said: verb, verb, time: own === '' ? whole : [own, inAll].filter(Boolean).join(' · ') }
  return { said: `${verb}, as last heard`, verb: `${verb},`, time: `as of ${age(heardMs)} ago` }
}
