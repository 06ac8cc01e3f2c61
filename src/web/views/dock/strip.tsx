/** The turn that is open, on the composer's upper edge: what the agent does, for how long, and the one Stop. */

import { activityOf } from '../../state/activity.ts'
import { activityText } from '../../state/activity-text.ts'
import type { ConversationControl } from '../../state/conversation.ts'
import type { Desk } from '../../state/desk.ts'
import { useNow } from '../../use-now.ts'
import { useOnline } from '../../use-online.ts'
import { useStore } from '../../use-store.ts'
import { visible } from '../../visible.ts'
import { StopIcon } from './icons.tsx'
import { NOT_REACHED, useOverdue } from './use-overdue.ts'
import { useServerClock } from './use-server-clock.ts'

type Props = { desk: Desk; conversation: ConversationControl }

export function Strip({ desk, conversation }: Props) {
  const { session, events, writing, link, keptAt } = useStore(conversation.store, (context) => context)
  // A stream that was cut with the network may not know it yet.
  const isLive = useOnline() && link.state === 'live'
  const activity = activityOf(session, events, writing)
  const stop = useStore(desk.stops.store, (stops) => stops[conversation.sessionId])
  const isOverdue = useOverdue(stop?.state === 'sending')
  const { aheadMs } = useServerClock(conversation)
  const now = useNow()
  if (session === null || activity === null) return null

  const heardAt = conversation.heardAt()
  const lastKnown = Date.parse(keptAt ?? session.updatedAt)
  const heardMs = heardAt === null ? now - lastKnown : performance.now() - heardAt
  const at = { now: now - aheadMs, isLive, heardMs }
  const { said, verb, time } = activityText(activity, at)
  const own = stop?.turn === session.turn ? stop : undefined
  const isAsked = own?.state === 'asked' || (own?.state === 'sending' && !isOverdue)
  const isStopping = session.state === 'cancelling' || isAsked
  const isUnheard = own?.state === 'sending' && isOverdue
  const onStop = (): void => {
    void desk.stops.stop(conversation.sessionId, session.turn, isLive).then(() => {
      // Nothing ran: what the page believes is old.
      if (desk.stops.store.getSnapshot().context[conversation.sessionId]?.state === 'over')
        conversation.reconnect()
    })
  }
  return (
    <section class="strip" aria-label="Turn" data-live={isLive} data-waiting={activity.isWaiting}>
      <span class="pulse" aria-hidden="true" />
      <p aria-hidden="true">
        <strong>{visible(verb)}</strong> <span class="quiet">{time}</span>
        {own?.state === 'waiting' && <span class="problem">Stop waits for the network</span>}
        {isUnheard && <span class="problem">Stop {NOT_REACHED}</span>}
      </p>
      <p class="unseen" role="status">
        {isUnheard ? `Stop ${NOT_REACHED}` : visible(said)}
      </p>
      <button type="button" class="danger stop" onClick={onStop}>
        <StopIcon />
        {isStopping ? 'Stopping…' : 'Stop'}
      </button>
      {own?.state === 'failed' && (
        <p class="problem whole" role="alert">
          Not stopped: {own.problem}
        </p>
      )}
    </section>
  )
}
