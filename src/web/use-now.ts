/** The time once a second, for what counts. */
import { useEffect, useState } from 'preact/hooks'

/** @returns `Date.now()` */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
