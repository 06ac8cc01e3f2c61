/**
 * Whether what is on its way has been so for longer than it takes where the server can be reached: whoever waits is told,
 * whatever the badge believes.
 */
import { useEffect, useState } from 'preact/hooks'
import { LIMITS } from '../../limits.ts'

export const NOT_REACHED = 'has not reached the server yet'

export function useOverdue(isOnItsWay: boolean): boolean {
  const [isOverdue, setOverdue] = useState(false)
  useEffect(() => {
    if (!isOnItsWay) return
    const timer = setTimeout(() => setOverdue(true), LIMITS.overdueMs)
    return () => {
      clearTimeout(timer)
      setOverdue(false)
    }
  }, [isOnItsWay])
  return isOverdue
}
