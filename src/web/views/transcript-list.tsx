/**
 * The conversation, as a list of which only what can be seen is there. It begins at its end, stays there while it grows,
 * and brings what is older as somebody scrolls to it.
 */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { countOf } from '../amounts.ts'
import type { ConversationControl } from '../state/conversation.ts'
import type { Row } from '../transcript/row.ts'
import { createRows } from '../transcript/rows.ts'
import { useStore } from '../use-store.ts'
import { useServerClock } from './dock/use-server-clock.ts'
import { RowWindow } from './row-window.tsx'
import { ClockContext, type Reading, ReadingContext } from './rows/reading.ts'
import { RowView } from './rows/row.tsx'
import { useEnd } from './transcript-end.ts'
import { NothingYet } from './transcript-nothing.tsx'
import { Teller } from './transcript-teller.tsx'

/** What stands above the first row is as high as this, whatever it says: what is below must not jump. */
const TOP_PX = 48
/** Older events are asked for before somebody stands in front of nothing. */
const AHEAD_SCREENS = 2

export function TranscriptList({ conversation }: { conversation: ConversationControl }) {
  const { events, writing, session, link } = useStore(conversation.store, (context) => context)
  const readRows = useMemo(createRows, [conversation])
  const list = readRows({ events, writing, agent: session?.agent ?? null })
  const { rows, added } = list
  const isLive = link.state === 'live'
  const { aheadMs } = useServerClock(conversation)
  const clock = useMemo(() => ({ isLive, aheadMs }), [isLive, aheadMs])

  const scroller = useRef<HTMLDivElement>(null)
  const end = useEnd(scroller)
  const older = useOlder(conversation, (events[0]?.id ?? 0) > 0)
  const unread = useUnread(rows.length, added, end.isAway)

  const workspace = session?.workspace ?? ''
  const stay = useRef(end.stay)
  stay.current = end.stay
  const reading = useMemo<Reading>(
    () => ({ unfolded: new Map(), onUnfold: () => stay.current(), workspace, showRow }),
    [workspace],
  )

  const bringOlder = (): void => {
    const { scrollTop, clientHeight } = scroller.current!
    if (scrollTop < clientHeight * AHEAD_SCREENS) older.bring()
  }
  useLayoutEffect(end.onResize, [events, writing])
  // Whoever stands at the top already makes no move that could be heard; a short list has no other place. Not before
  // what was brought has moved the list.
  useEffect(() => {
    if (isLive && events.length > 0 && !older.isBringing && !older.hasFailed) bringOlder()
  }, [isLive, events, older.isBringing])

  return (
    <ReadingContext.Provider value={reading}>
      <ClockContext.Provider value={clock}>
        <main class="transcript">
          {rows.length === 0 ? <NothingYet conversation={conversation} /> : null}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
          <div class="rows" ref={scroller} role="log" aria-label="Conversation" aria-live="off" tabIndex={0}>
            <div class="top" style={{ height: TOP_PX }}>
              {rows.length > 0 && <Top {...older} />}
            </div>
            <RowWindow
              list={list}
              scroller={scroller}
              topPx={TOP_PX}
              isAtEnd={end.isFollowing}
              onScroll={() => {
                end.onScroll()
                bringOlder()
              }}
              onResize={end.onResize}
            >
              {showRow}
            </RowWindow>
          </div>
          {end.isAway && (
            <button type="button" class="to-end" onClick={end.jump}>
              {unread > 0 ? `${countOf(unread, 'new', 'new')} ↓` : <ToEnd />}
            </button>
          )}
          <Teller rows={rows} isLive={isLive} />
        </main>
      </ClockContext.Provider>
    </ReadingContext.Provider>
  )
}

const showRow = (row: Row) => <RowView key={row.key} row={row} />

const ToEnd = () => (
  <>
    <span aria-hidden="true">↓</span>
    <span class="unseen">To the end</span>
  </>
)

function Top({ isMore, hasFailed, bring }: ReturnType<typeof useOlder>) {
  if (!isMore) return <span>The beginning</span>
  if (!hasFailed) return <span>Earlier …</span>
  return (
    <button type="button" class="plain" onClick={bring}>
      Earlier could not be loaded: try again
    </button>
  )
}

function useOlder(conversation: ConversationControl, isMore: boolean) {
  const [isBringing, setIsBringing] = useState(false)
  const [hasFailed, setHasFailed] = useState(false)
  const bring = (): void => {
    if (!isMore || isBringing) return
    setIsBringing(true)
    conversation
      .loadOlder()
      .then(
        () => setHasFailed(false),
        () => setHasFailed(true),
      )
      .finally(() => setIsBringing(false))
  }
  return { isMore, isBringing, hasFailed, bring }
}

/** How many rows came at the end since somebody went away from it. */
function useUnread(count: number, added: number, isAway: boolean): number {
  const seen = useRef(0)
  seen.current = isAway ? seen.current + added : count
  return Math.max(0, count - seen.current)
}
