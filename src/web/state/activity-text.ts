/** What the strip says of what the agent does. A counter counts only while somebody hears the server. Pure. */
import { age, durationText } from '../times.ts'
import type { Activity } from './activity.ts'

/** A turn that is older is long: how old it is, is said beside what it does. */
const LONG_MS = 60_000

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
  if (isLive) return { said: verb, verb, time: timeText(msSince(since, now), msSince(begun, now)) }
  return { said: `${verb}, as last heard`, verb: `${verb},`, time: `as of ${age(heardMs)} ago` }
}

const msSince = (at: string | null, now: number): number | null => (at === null ? null : now - Date.parse(at))

function timeText(own: number | null, whole: number | null): string {
  const shown = own ?? whole
  if (shown === null) return ''
  const isLong = own !== null && whole !== null && whole >= LONG_MS
  return isLong ? `${durationText(own)} · ${durationText(whole)} in all` : durationText(shown)
}
