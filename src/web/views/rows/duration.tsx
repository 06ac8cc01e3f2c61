/** How long something took, or takes: it ticks while what is shown is what is, and stands still otherwise. */

import { useContext, useEffect, useState } from 'preact/hooks'
import { durationText } from '../../times.ts'
import { ClockContext } from './reading.ts'

/** What was there at once needs no figure. */
const SAID_FROM_MS = 1_000

/** @param to null: it goes on. Both are ISO 8601 */
export function Duration({ from, to }: { from: string; to: string | null }) {
  const { isLive, aheadMs } = useContext(ClockContext)
  const isTicking = isLive && to === null
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!isTicking) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [isTicking])
  const ms = (to === null ? now - aheadMs : Date.parse(to)) - Date.parse(from)
  if (ms < SAID_FROM_MS) return null
  return (
    <span class="duration" aria-hidden={to === null}>
      {durationText(ms)}
    </span>
  )
}
