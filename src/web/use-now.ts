/** The time again and again, for what counts. */
import { useEffect, useState } from 'preact/hooks'

/** @returns `Date.now()`, of this moment when the page has just come back into sight */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const look = (): void => setNow(Date.now())
    const timer = setInterval(look, everyMs)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [everyMs])
  return now
}
