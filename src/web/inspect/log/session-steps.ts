/**
 * The steps of the session machine in one turn of a log: every transition of it that recorded something is there, with
 * the states before and after. Pure.
 */
import type { Event, InspectedTimer, Step } from '../../../client/index.ts'
import { type Cause, findCauses } from './causes.ts'
import { type DraftStep, SESSION_LIT } from './logged-step.ts'

type Asked = Event & { kind: 'approval' }
type State = keyof typeof SESSION_LIT
/** What the log tells of a session machine, between two events. */
type Known = { state: State; asked: readonly Asked[]; deaf: boolean }

type Draft = DraftStep & { from: Step['from']; to: 'session'; eventId: number }

/** @param events of one turn, in order; the first is its `user` */
export function sessionSteps(events: readonly Event[]): Draft[] {
  let known: Known = { state: 'idle', asked: [], deaf: false }
  const steps: Draft[] = []
  for (const { cause, events: written, guess } of findCauses(events)) {
    if (cause === null) continue
    const after = follow(known, cause, written)
    steps.push({
      at: written[0]!.at,
      from: SENDERS[cause],
      to: 'session',
      event: eventOf(cause, written),
      before: [...SESSION_LIT[known.state]],
      after: [...SESSION_LIT[after.state]],
      taken: [transitionOf(cause, known.state)],
      changes: changesOf(known, after, cause, written),
      timers: timersOf(after.asked),
      eventId: written.at(-1)!.id,
      events: written,
      guess,
    })
    known = after
  }
  return steps
}

const SENDERS: Record<Cause, Step['from']> = {
  PROMPT: 'outside',
  CANCEL: 'outside',
  ANSWER: 'outside',
  EXPIRE: 'clock',
  OUTPUT: 'process',
  DEAF: 'process',
  'xstate.done.actor.process': 'process',
  'xstate.error.actor.process': 'process',
}

/** As `transitionId` names it: by the state that has it. */
function transitionOf(cause: Cause, state: State): string {
  if (cause === 'PROMPT') return 'session.idle/PROMPT/0'
  if (cause === 'CANCEL') return 'session.turn.running/CANCEL/0'
  if (cause === 'OUTPUT' && state === 'cancelling') return 'session.turn.cancelling/OUTPUT/0'
  return `session.turn/${cause}/0`
}

function follow({ state, asked, deaf }: Known, cause: Cause, written: readonly Event[]): Known {
  switch (cause) {
    case 'PROMPT':
      return { state: 'running', asked: [], deaf: false }
    case 'CANCEL':
      return { state: 'cancelling', asked: [], deaf }
    case 'DEAF':
      return { state, asked: [], deaf: true }
    case 'OUTPUT':
    case 'ANSWER':
    case 'EXPIRE':
      return { state, asked: written.reduce(followAsked, asked), deaf }
    default:
      return { state: 'idle', asked: [], deaf }
  }
}

function followAsked(asked: readonly Asked[], event: Event): readonly Asked[] {
  if (event.kind === 'approval') return [...asked, event]
  if (event.kind !== 'approval_resolved') return asked
  return asked.filter(({ approvalId }) => approvalId !== event.approvalId)
}

/** The event as the machine was given it, as far as it is in what it recorded. */
function eventOf(cause: Cause, [first, second]: readonly Event[]): Step['event'] {
  const { id, at, turn, kind, ...said } = first!
  switch (cause) {
    case 'PROMPT': {
      const start = second?.kind === 'turn_start' ? { agent: second.agent, model: second.model } : {}
      return { type: cause, ...said, ...start }
    }
    case 'EXPIRE':
      return { type: cause, approvalId: first?.kind === 'approval_resolved' && first.approvalId }
    case 'OUTPUT':
      return { type: cause, records: [{ kind, ...said }] }
    case 'CANCEL':
    case 'ANSWER':
      return { type: cause, ...said }
    default:
      return { type: cause }
  }
}

function changesOf(before: Known, after: Known, cause: Cause, [first]: readonly Event[]): Step['changes'] {
  const { turn } = first!
  return [
    ...(cause === 'PROMPT' ? [{ field: 'turn', before: turn - 1, after: turn }] : []),
    ...(before.asked === after.asked || before.asked.length + after.asked.length === 0
      ? []
      : [{ field: 'asked', before: before.asked.map(plain), after: after.asked.map(plain) }]),
    ...(before.deaf === after.deaf ? [] : [{ field: 'deaf', before: before.deaf, after: after.deaf }]),
  ]
}

const plain = ({ id, at, turn, kind, expiresAt, ...asked }: Asked): object => asked

const timersOf = (asked: readonly Asked[]): InspectedTimer[] =>
  asked.flatMap(({ at, expiresAt }) =>
    // A log that was damaged may have anything in it.
    typeof expiresAt !== 'string'
      ? []
      : [
          {
            event: 'EXPIRE',
            startedAt: at,
            delayMs: Date.parse(expiresAt) - Date.parse(at),
          },
        ],
  )
