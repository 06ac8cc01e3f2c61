/**
 * Which event of the session machine put a record into its log, by the record and what stands around it. Pure; the
 * machine itself is not known here, only what it says of its reasons.
 */
import type { Event } from '../../../client/index.ts'

/** What became of an approval, by whom, in the machine's own words where it denies by itself. */
const ENDED = 'The turn has ended.'
const UNHEARD = 'The agent cannot be told anything any more.'

const AT_ONCE = 'it was denied in the same millisecond: at once, or because the agent ended just then'

/** Written by the log itself, about itself: no machine knows of it. */
const OWN_NOTICES = new Set(['disk_full', 'store_failed'])

export type Cause =
  | 'PROMPT'
  | 'OUTPUT'
  | 'ANSWER'
  | 'EXPIRE'
  | 'DEAF'
  | 'CANCEL'
  | 'xstate.done.actor.process'
  | 'xstate.error.actor.process'

/** A run of records that one event put there. `cause` null: no machine did. */
export type Written = { cause: Cause | null; events: Event[]; guess: string | null }

/** @param events of one turn, in order */
export function findCauses(events: readonly Event[]): Written[] {
  const written: Written[] = []
  for (const [index, event] of events.entries()) {
    const before = written.findLast(({ cause }) => cause !== null)
    if (before !== undefined && continues(before, event)) {
      before.events.push(event)
      if (isUnheard(event) && before.cause === 'OUTPUT') before.guess = AT_ONCE
    } else written.push({ ...causeOf(event, events, index), events: [event] })
  }
  return written
}

/** Whether the event before has put this one there as well. */
function continues({ cause, events }: Written, event: Event): boolean {
  const last = events.at(-1)!
  switch (event.kind) {
    case 'turn_start':
      return last.kind === 'user'
    case 'approval_resolved':
      if (event.by === 'cancel') return cause === 'CANCEL' || isDeniedAtOnce(last, event)
      if (event.by !== 'server') return false
      if (isUnheard(event)) return cause === 'DEAF' || (isDeniedAtOnce(last, event) && last.at === event.at)
      return event.message === ENDED ? isConclusion(cause) : isDeniedAtOnce(last, event)
    case 'error':
    case 'cancelled':
    case 'turn_end':
      return isConclusion(cause)
    default:
      return false
  }
}

const isConclusion = (cause: Cause | null): boolean => cause?.startsWith('xstate.') ?? false

const isUnheard = (event: Event): boolean =>
  event.kind === 'approval_resolved' && event.by === 'server' && event.message === UNHEARD

const isDeniedAtOnce = (last: Event, event: Event & { kind: 'approval_resolved' }): boolean =>
  last.kind === 'approval' && last.approvalId === event.approvalId

function causeOf(event: Event, events: readonly Event[], index: number): Omit<Written, 'events'> {
  const sure = (cause: Cause | null): Omit<Written, 'events'> => ({ cause, guess: null })
  switch (event.kind) {
    case 'queued':
    case 'dequeued':
      return sure(null)
    case 'user':
    case 'turn_start':
      return sure('PROMPT')
    case 'cancelling':
      return sure('CANCEL')
    case 'approval_resolved':
      return resolutionCause(event, events, index)
    case 'error':
    case 'cancelled':
    case 'turn_end':
      return sure(conclusionAt(events, index))
    case 'notice':
      return sure(OWN_NOTICES.has(event.code) ? null : 'OUTPUT')
    default:
      return sure('OUTPUT')
  }
}

function resolutionCause(
  event: Event & { kind: 'approval_resolved' },
  events: readonly Event[],
  index: number,
): Omit<Written, 'events'> {
  const { by, message } = event
  if (by === 'deadline') return { cause: 'EXPIRE', guess: null }
  if (by === 'agent' || by === 'cancel') return { cause: 'OUTPUT', guess: null }
  if (by !== 'server') return { cause: 'ANSWER', guess: null }
  if (message === ENDED) return { cause: conclusionAt(events, index), guess: null }
  if (isUnheard(event)) return { cause: 'DEAF', guess: null }
  return { cause: 'OUTPUT', guess: 'the server denied it, for a reason that this page does not know' }
}

/** A process that failed leaves this code, and no other does. */
function conclusionAt(events: readonly Event[], index: number): Cause {
  const error = events.slice(index).find((event) => event.kind === 'error')
  return error?.code === 'internal' ? 'xstate.error.actor.process' : 'xstate.done.actor.process'
}
