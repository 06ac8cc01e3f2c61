/** Whether what has just appeared may be tapped: a tap in its first moment was meant for what was there before. */
import { useEffect, useState } from 'preact/hooks'
import { LIMITS } from './limits.ts'

/** @param shown what can be tapped, as it is now */
export function useSettled(shown: boolean): boolean {
  const [settled, setSettled] = useState<boolean | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(shown), LIMITS.tapGuardMs)
    return () => clearTimeout(timer)
  }, [shown])
  return settled === shown
}
