/** Stays at the end of a list that grows, until somebody scrolls away from it, and says how much came since. */
import type { RefObject } from 'preact'
import { useRef, useState } from 'preact/hooks'

/** Whoever moves up by so much wants to read there; whoever comes down as near as that wants the end. */
const AWAY_PX = 8
const NEAR_PX = 40

export function useEnd(scroller: RefObject<HTMLElement | null>) {
  const isFollowing = useRef(true)
  const lastTop = useRef(0)
  const [isAway, setIsAway] = useState(false)

  const distance = (): number => {
    const { scrollHeight, scrollTop, clientHeight } = scroller.current!
    return scrollHeight - scrollTop - clientHeight
  }
  const follow = (is: boolean): void => {
    isFollowing.current = is
    setIsAway(!is)
  }
  const toEnd = (): void => {
    const { scrollHeight } = scroller.current!
    scroller.current!.scrollTop = scrollHeight
    lastTop.current = scroller.current!.scrollTop
  }

  return {
    isAway,
    isFollowing: (): boolean => isFollowing.current,
    /** The list has been scrolled, by whomever. What grows or is measured above moves the end as well, and is no wish. */
    onScroll(): void {
      const { scrollTop } = scroller.current!
      const moved = scrollTop - lastTop.current
      lastTop.current = scrollTop
      if (moved < 0 && distance() > AWAY_PX) follow(false)
      else if (moved > 0 && distance() < NEAR_PX) follow(true)
    },
    /** The list, or its window, has another size. */
    onResize(): void {
      if (isFollowing.current) toEnd()
    },
    /** Somebody reads where they are, and makes something there grow: once it has, it shows whether that is the end. */
    stay(): void {
      if (!isFollowing.current) return
      isFollowing.current = false
      requestAnimationFrame(() => requestAnimationFrame(() => follow(distance() <= AWAY_PX)))
    },
    jump(): void {
      follow(true)
      toEnd()
    },
  }
}
