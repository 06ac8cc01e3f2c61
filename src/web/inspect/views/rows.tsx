/**
 * A list of rows of one height, of which only those that can be seen are drawn. The chosen one is kept in sight when it
 * changes.
 */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

type Shown = {
  label: string
  count: number
  /** In pixels. */
  height: number
  /** The index of the row that is to be seen; -1: none. */
  current: number
  render(index: number): ComponentChildren
}

/** Drawn beyond both ends, so that a thumb that flings finds something. */
const MORE = 12

export function Rows({ label, count, height, current, render }: Shown) {
  const box = useRef<HTMLDivElement>(null)
  const [seen, see] = useState({ top: 0, height: 800 })
  const look = ({ scrollTop, clientHeight }: HTMLElement): void =>
    see({ top: scrollTop, height: clientHeight })
  useEffect(() => {
    const element = box.current!
    const observer = new ResizeObserver(() => look(element))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  // Again when the box is given another size: one that nobody sees has none.
  useEffect(() => {
    const { scrollTop, clientHeight } = box.current!
    const top = current * height
    const isSeen = top >= scrollTop && top + height <= scrollTop + clientHeight
    if (current >= 0 && !isSeen) box.current!.scrollTop = top - (clientHeight - height) / 2
  }, [current, height, seen.height])
  const first = Math.max(0, Math.floor(seen.top / height) - MORE)
  const last = Math.min(count, Math.ceil((seen.top + seen.height) / height) + MORE)
  return (
    <div ref={box} class="rows" onScroll={(event) => look(event.currentTarget)}>
      <ol
        aria-label={label}
        style={{ paddingTop: `${first * height}px`, paddingBottom: `${(count - last) * height}px` }}
      >
        {Array.from({ length: Math.max(0, last - first) }, (_, index) => (
          <li
            key={first + index}
            aria-setsize={count}
            aria-posinset={first + index + 1}
            style={{ height: `${height}px` }}
          >
            {render(first + index)}
          </li>
        ))}
      </ol>
    </div>
  )
}
