/** What will run and does not yet: prompts on their way to the server, and prompts that the server has in its queue. */

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { countOf } from '../../amounts.ts'
import type { ConversationControl } from '../../state/conversation.ts'
import type { Desk } from '../../state/desk.ts'
import { isShown, seemsShown } from '../../state/shown.ts'
import { useOnline } from '../../use-online.ts'
import { useStore } from '../../use-store.ts'
import { Held } from './held.tsx'
import { PendingCard, waitsForNetwork } from './pending-card.tsx'
import { QueuedCard } from './queued-card.tsx'

type Props = { desk: Desk; conversation: ConversationControl; isFolded: boolean }

/** As many have a card each that shows some of its text. */
const CARDS_MAX = 2

/** @param isFolded only how many there are: something else needs the room */
export function WaitingPrompts({ desk, conversation, isFolded }: Props) {
  const { sessionId } = conversation
  const known = useStore(conversation.store, (context) => context)
  const { prompts, arrived } = useStore(desk.outbox.store, (outgoing) => outgoing)
  const own = prompts.filter((prompt) => prompt.sessionId === sessionId)
  useEffect(() => {
    for (const prompt of own) if (isShown(prompt, known)) desk.outbox.shown(prompt.key)
  })

  const { queue = [], queueHeld = null, state = 'idle' } = known.session ?? {}
  const pending = own.filter((prompt) => !isShown(prompt, known) && !seemsShown(prompt, known, arrived))
  const count = pending.length + queue.length
  const isOnline = useOnline()
  const forNetwork = pending.filter((prompt) => waitsForNetwork(prompt, isOnline)).length
  const list = useRef<HTMLOListElement>(null)
  const seen = useRef(count)
  useLayoutEffect(() => {
    // What was just sent from here is the last, and its sender looks for it.
    if (count > seen.current) list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' })
    seen.current = count
  }, [count])
  const isHeld = queueHeld !== null && state === 'idle' && queue.length > 0
  if (count === 0) return null
  const summary = countOf(count, 'prompt waits', 'prompts wait')
  if (isFolded) return <p class="quiet folded-note">{summary}</p>
  const fate = isHeld
    ? 'held'
    : state === 'cancelling'
      ? 'will wait: this turn is being stopped'
      : state === 'running'
        ? 'will send when this finishes'
        : 'about to start'
  const isShort = count > CARDS_MAX
  return (
    <section class="waiting" aria-label="Waiting prompts">
      {isHeld && <Held desk={desk} conversation={conversation} reason={queueHeld} />}
      {isShort && (
        <p class="quiet folded-note">
          <strong>{summary}</strong>
          {forNetwork > 0 && `, ${forNetwork} for the network`} · {fate}
        </p>
      )}
      <ol ref={list}>
        {queue.map((prompt) => (
          <QueuedCard
            key={prompt.promptId}
            desk={desk}
            conversation={conversation}
            prompt={prompt}
            fate={fate}
            isShort={isShort}
          />
        ))}
        {pending.map((prompt) => (
          <PendingCard key={prompt.key} desk={desk} prompt={prompt} isShort={isShort} />
        ))}
      </ol>
    </section>
  )
}
