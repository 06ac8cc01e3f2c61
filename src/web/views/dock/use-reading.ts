/** How far somebody has read what stands in a box that scrolls: whether its end was in sight, and how much is to come. */
import { useLayoutEffect, useState } from 'preact/hooks'

export type Reading = {
  /** The box's `ref`. */
  box: (element: HTMLElement | null) => void
  /** Whether the end was in sight once. */
  isRead: boolean
  /** Below the box's edge, as lines of a phone. */
  linesBelow: number
  /** Scrolls on by what is in sight, but for a line to go on from. */
  readOn: () => void
}

const LINE_PX = 22

export function useReading(): Reading {
  const [element, box] = useState<HTMLElement | null>(null)
  const [isRead, setIsRead] = useState(false)
  const [linesBelow, setLinesBelow] = useState(0)
  useLayoutEffect(() => {
    if (element === null) return
    const look = (): void => {
      const below = element.scrollHeight - element.clientHeight - element.scrollTop
      // Browsers round some of them and others not.
      const isAtEnd = below < 2
      setLinesBelow(isAtEnd ? 0 : Math.ceil(below / LINE_PX))
      if (isAtEnd) setIsRead(true)
    }
    const sizes = new ResizeObserver(look)
    for (const part of [element, ...element.children]) sizes.observe(part)
    element.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      element.removeEventListener('scroll', look)
    }
  }, [element])
  const readOn = (): void => element?.scrollBy({ top: element.clientHeight - LINE_PX })
  return { box, isRead, linesBelow, readOn }
}
