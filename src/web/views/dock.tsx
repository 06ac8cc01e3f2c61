/** What the thumb needs: the turn that is open with its Stop, what waits for an answer, and the composer. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { isTouch } from '../is-touch.ts'
import type { ConversationControl } from '../state/conversation.ts'
import { useStore } from '../use-store.ts'
import { visible } from '../visible.ts'
import type { Web } from '../web.ts'
import { Approvals } from './dock/approvals.tsx'
import { Composer } from './dock/composer.tsx'
import { ResolvedLine } from './dock/resolved-line.tsx'
import { Strip } from './dock/strip.tsx'
import { SurvivorsNote } from './dock/survivors.tsx'
import { useWayOut } from './dock/use-way-out.ts'
import { WaitingPrompts } from './dock/waiting.tsx'

export function Dock({ web, conversation }: { web: Web; conversation: ConversationControl }) {
  const { desk } = web
  const { session, link } = useStore(conversation.store, (context) => context)
  const given = useStore(desk.answers.store, (answers) => answers)
  const [isTyping, setIsTyping] = useState(false)

  useWayOut(desk, conversation)
  const isLive = link.state === 'live'
  useEffect(() => {
    if (isLive) desk.wake()
  }, [isLive, desk])
  const isIdle = session?.state === 'idle'
  const turn = session?.turn ?? 0
  useEffect(() => {
    if (isLive && isIdle) desk.stops.ended(conversation.sessionId, turn)
  }, [isLive, isIdle, turn, desk, conversation])

  const isAnswered = (approvalId: string): boolean =>
    given[approvalId]?.state === 'taken' || given[approvalId]?.state === 'late'
  const approvals = session?.approvals.filter(({ approvalId }) => !isAnswered(approvalId)) ?? []
  const [first] = approvals
  const isAsking = first !== undefined && !isTyping
  const dock = useRef<HTMLElement>(null)
  const isKnown = session !== null
  useEffect(() => {
    // With fingers it would bring a keyboard, over half of what is to be read.
    if (isKnown && !isTouch()) dock.current!.querySelector('textarea')?.focus({ preventScroll: true })
  }, [isKnown])
  return (
    <footer class="dock" ref={dock}>
      <div class="above">
        <ResolvedLine desk={desk} conversation={conversation} />
        <SurvivorsNote desk={desk} conversation={conversation} />
        <WaitingPrompts desk={desk} conversation={conversation} isFolded={isAsking} />
      </div>
      <Strip desk={desk} conversation={conversation} />
      {first !== undefined && isTyping && (
        <button
          type="button"
          class="asks"
          onClick={() => {
            ;(document.activeElement as HTMLElement | null)?.blur()
            setIsTyping(false)
          }}
        >
          {visible(first.toolName)} waits for your answer. Show
        </button>
      )}
      {isAsking ? (
        <Approvals desk={desk} conversation={conversation} approvals={approvals} />
      ) : (
        <Composer desk={desk} conversation={conversation} onTyping={setIsTyping} />
      )}
    </footer>
  )
}
