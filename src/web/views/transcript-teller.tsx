/** Tells a screen reader what is new at the end: what is finished, and never a letter at a time. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../transcript/announce.ts'
import type { Row } from '../transcript/row.ts'
import { visible } from '../visible.ts'

/** What changes is among the last: a tool that has come to wait, a text that is finished. */
const LOOK_BACK = 10

/** @param isLive what was there before is not news */
export function Teller({ rows, isLive }: { rows: readonly Row[]; isLive: boolean }) {
  const known = useRef(new Map<string, string>())
  const [text, say] = useState('')
  useEffect(() => {
    const news: string[] = []
    const seen = new Map<string, string>()
    for (const row of rows.slice(-LOOK_BACK)) {
      const words = announce(row)
      seen.set(row.key, words)
      if (isLive && words !== '' && known.current.get(row.key) !== words) news.push(words)
    }
    known.current = seen
    if (news.length > 0) say(news.join('. '))
  })
  return (
    <div class="unseen" aria-live="polite">
      {visible(text)}
    </div>
  )
}
