/** Which prompts of the outbox the conversation shows already. Pure. */
import type { Event } from '../../client/index.ts'
import type { Conversation } from './conversation-store.ts'
import type { Outgoing, Waiting } from './outbox.ts'

type Known = Pick<Conversation, 'events' | 'session'>

/** Whether the server has it and the stream says so: the card has done its work. */
export function isShown({ state, answer }: Waiting, { events, session }: Known): boolean {
  if (state !== 'sent' || answer === null) return false
  if (!answer.queued) return (events.at(-1)?.id ?? -1) >= answer.eventId
  const { promptId } = answer
  return (
    (session?.queue.some((queued) => queued.promptId === promptId) ?? false) ||
    // It may have come and gone meanwhile.
    events.some((event) => 'promptId' in event && event.promptId === promptId)
  )
}

/**
 * Whether it seems to have arrived, though its answer has not: shown twice, it would seem to run twice.
 * @param arrived what is known to be of other prompts
 */
export function seemsShown(
  { wasTried, prompt, afterId }: Waiting,
  { events }: Known,
  arrived: Outgoing['arrived'],
): boolean {
  const isOwn = (event: Event): boolean =>
    event.id > afterId &&
    (event.kind === 'user' || event.kind === 'queued') &&
    event.text === prompt &&
    !arrived.includes(event.id) &&
    !arrived.includes(event.promptId ?? '')
  return wasTried && events.some(isOwn)
}
