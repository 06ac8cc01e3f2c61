/** What runs down in a machine, as it does. */

import { useEffect, useState } from 'preact/hooks'
import type { InspectedTimer } from '../../../client/index.ts'
import { countdown } from '../../times.ts'
import { eventLabel } from '../labels.ts'

const TICK_MS = 250

/** @param shown.readNow the time by which they run, in ms */
export function Timers({ timers, readNow }: { timers: readonly InspectedTimer[]; readNow: () => number }) {
  const [now, setNow] = useState(readNow)
  const isAny = timers.length > 0
  useEffect(() => {
    setNow(readNow())
    if (!isAny) return
    const timer = setInterval(() => setNow(readNow()), TICK_MS)
    return () => clearInterval(timer)
  }, [isAny, readNow])
  if (!isAny) return null
  return (
    <ul class="timers">
      {timers.map(({ event, startedAt, delayMs }, index) => {
        const leftMs = Math.max(0, Date.parse(startedAt) + delayMs - now)
        return (
          <li key={`${event} ${index}`}>
            <span>{eventLabel(event)}</span>
            <meter min={0} max={delayMs} value={Math.min(leftMs, delayMs)} aria-label={eventLabel(event)} />
            <span class="left">{countdown(leftMs)}</span>
          </li>
        )
      })}
    </ul>
  )
}
