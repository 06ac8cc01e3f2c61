/** Whether what has just appeared may be tapped: a tap in its first moment was meant for what was there before. */
import { useEffect, useState } from 'preact/hooks'
import { LIMITS } from './limits.ts'

export function useSettled(isThere = true): boolean {
  const [isSettled, setSettled] = useState(false)
  useEffect(() => {
    if (!isThere) return
    const timer = setTimeout(() => setSettled(true), LIMITS.tapGuardMs)
    return () => {
      clearTimeout(timer)
      setSettled(false)
    }
  }, [isThere])
  return isSettled
}
