/**
 * A list of which only those rows are there that can be seen, and some around them. What comes, comes in good time and many at
 * once; while more passes by than can be made, nothing does.
 */
import type { RefObject, VNode } from 'preact'
import { useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks'
import type { Row } from '../transcript/row.ts'
import { isInSight, nextRange, type View } from '../transcript/row-range.ts'
import { createRowSizes } from '../transcript/row-sizes.ts'
import type { Rows } from '../transcript/rows.ts'
import { createRowPace } from './row-pace.ts'
import { createRowPlaces } from './row-places.ts'

/** Rows come by so many screens: what each change of the list costs is paid once for all of them. */
const SCREENS_AT_ONCE = 3

type RowWindowProps = {
  list: Rows
  scroller: RefObject<HTMLElement | null>
  /** The height of what stands above it in its scroller. */
  topPx: number
  /** Whether its end is what is looked at. */
  isAtEnd(): boolean
  onScroll(): void
  onResize(): void
  children: (row: Row) => VNode
}

export function RowWindow(props: RowWindowProps) {
  const { list, isAtEnd, children } = props
  const latest = useRef(props)
  latest.current = props
  const above = useRef<HTMLDivElement>(null)
  const below = useRef<HTMLDivElement>(null)
  const [, draw] = useReducer((count: number) => count + 1, 0)
  const flow = useMemo(() => createFlow(latest, above, below, () => draw(null as never)), [])
  flow.places.follow(list, isAtEnd())
  const { first, last } = flow.places.range

  useLayoutEffect(flow.onDrawn)
  useLayoutEffect(flow.watch, [])
  return (
    <div class="window">
      <div class="far" ref={above} />
      {list.rows.slice(first, last).map(children)}
      <div class="far" ref={below} />
    </div>
  )
}

function createFlow(
  latest: RefObject<RowWindowProps>,
  above: RefObject<HTMLDivElement | null>,
  below: RefObject<HTMLDivElement | null>,
  draw: () => void,
) {
  const scroller = (): HTMLElement | null => latest.current!.scroller.current
  const viewPx = (): number => scroller()?.clientHeight ?? innerHeight
  const topOf = (view: HTMLElement): number => view.scrollTop - latest.current!.topPx
  const sizes = createRowSizes()
  const places = createRowPlaces(sizes, viewPx)
  const pace = createRowPace(() => performance.now())
  let box = new DOMRect()
  let isAsked = false

  const settle = (): void => {
    const view = scroller()!
    places.settle({ above: above.current!, below: below.current!, scroller: view })
    latest.current!.onResize()
    places.look(topOf(view))
    box = above.current!.parentElement!.getBoundingClientRect()
    ask()
  }

  const step = (): void => {
    isAsked = false
    const view = scroller()
    const count = latest.current!.list.rows.length
    // Between two frames the list may have gone.
    if (view === null || count === 0) return
    const top = topOf(view)
    const height = viewPx()
    const moved = pace.move(top)
    if (pace.isTooFast(sizes.meanPx)) ask()
    else if (isInSight(places.tops, { top, height, moved })) change({ top, height, moved }, count)
    else {
      places.jump(top)
      pace.begin(places.range.last - places.range.first)
      draw()
    }
  }

  const change = (sight: View, count: number): void => {
    const { range, tops } = places
    places.look(sight.top)
    const next = nextRange(
      range,
      tops,
      sight,
      count,
      Math.ceil((SCREENS_AT_ONCE * sight.height) / sizes.meanPx),
    )
    if (next === range) return
    pace.begin(Math.max(0, range.first - next.first) + Math.max(0, next.last - range.last))
    places.change(next)
    draw()
  }

  const ask = (): void => {
    if (isAsked) return
    isAsked = true
    requestAnimationFrame(step)
  }

  return {
    places,
    onDrawn(): void {
      settle()
      pace.end()
    },
    watch(): () => void {
      const view = scroller()!
      const list = above.current!.parentElement!
      const onScroll = (): void => {
        latest.current!.onScroll()
        ask()
      }
      const observer = new ResizeObserver(() => {
        const { width, height } = list.getBoundingClientRect()
        if (width !== box.width) sizes.forget()
        if (width !== box.width || height !== box.height) settle()
        latest.current!.onResize()
        ask()
      })
      observer.observe(list)
      observer.observe(view)
      view.addEventListener('scroll', onScroll, { passive: true })
      return () => {
        observer.disconnect()
        view.removeEventListener('scroll', onScroll)
      }
    },
  }
}
